// The page: words in two languages, numbers, tables. Everything that came from the journal is set as text.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = read("words");
const figures = read("figures");
const closing = figures.closing;
const midnight = figures.midnight_at_s;
let language = "en";

const put = (id, text) => { document.getElementById(id).textContent = text; };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** An element with attributes and children; strings become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The words for a key in the language of now, with {places} filled; the key itself where there are none. */
function say(key, values = {}) {
  const found = Object.hasOwn(words, key) ? words[key][language] : null;
  if (found === null) return key;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
const known = (prefix, name, otherwise = name.replaceAll("_", " ")) =>
  Object.hasOwn(words, prefix + name) ? say(prefix + name) : otherwise;

const locale = () => (language === "zh" ? "zh-CN" : "en-GB");
const count = (n, digits = 0) =>
  n.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (bp, digits = 1) => `${count(bp / 100, digits)}%`;
const yuan = (fen, digits = 0) => {
  const amount = count(Math.abs(fen) / 100, digits);
  return `${fen < 0 ? "−" : ""}${language === "zh" ? `${amount} 元` : `¥${amount}`}`;
};
const minutes = (s) => (Math.abs(s) < 90 ? say("seconds", { n: count(s) }) : say("minutes", { n: count(Math.round(s / 60)) }));
const pad = (n) => String(n).padStart(2, "0");
const clock = (s, seconds = false) => {
  const day = ((s % 86400) + 86400) % 86400;
  return `${pad(Math.floor(day / 3600))}:${pad(Math.floor(day / 60) % 60)}${seconds ? `:${pad(Math.floor(day) % 60)}` : ""}`;
};

/** An indicator's value and its unit, apart, so that the unit can be set small. */
function measured(name) {
  const { value, unit } = closing.indicators[name];
  switch (unit) {
    case "fen": return language === "zh" ? [count(value / 100), "元"] : [`¥${count(value / 100)}`, ""];
    case "g": return [count(value / 1000), "kg"];
    case "bp": return [count(value / 100, 1), "%"];
    case "s": return [count(value / 60, 1), say("minute")];
    default: return [count(value), ""];
  }
}

function begin() {
  const wanted = location.hash.slice(1);
  const own = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      history.replaceState(null, "", `#${button.dataset.language}`);
      speak(button.dataset.language);
    });
  }
  addEventListener("hashchange", () => speak(location.hash === "#zh" ? "zh" : "en"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => speak(language));
  beginMap();
  speak(["zh", "en"].includes(wanted) ? wanted : own);
  document.documentElement.dataset.ready = "yes";
}

/** Say everything again in a language. */
function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const x of document.querySelectorAll("[data-t]")) x.textContent = say(x.dataset.t);
  for (const x of document.querySelectorAll("[data-label]")) x.setAttribute("aria-label", say(x.dataset.label));
  for (const x of document.querySelectorAll("[data-language]")) {
    x.setAttribute("aria-pressed", String(x.dataset.language === language));
  }
  glance();
  tellMoments();
  certificate();
  assumed();
  glossary();
  speakMap();
  drawCharts();
}

function glance() {
  const date = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeZone: "UTC" });
  const day = date.format(new Date(`${figures.date}T12:00:00Z`));
  const last = clock(closing.closed_at_s - midnight);
  const value = (name) => closing.indicators[name].value;
  put("title", day);
  put("site", say("site_line", {
    site: closing.site, opened: clock(closing.opened_at_s - midnight), closed: last, tz: figures.tz,
  }));
  document.title = `${closing.site} · ${figures.date} · Doorstep`;
  put("lead", value("baskets") === 0 ? say("lead_empty") : say("lead", {
    baskets: count(value("baskets")), delivered: count(value("orders_delivered")), on_time: percent(value("on_time")),
    mean: minutes(value("click_to_door_mean")), lost: count(value("lost_baskets")), fen: yuan(value("lost_demand")),
  }));
  const laws = Object.values(closing.checks);
  const bad = laws.filter((x) => x !== "ok").length;
  const text = bad ? say("laws_broken", { bad: count(bad), all: count(laws.length) }) : say("laws_hold", { all: count(laws.length) });
  document.getElementById("laws-line").replaceChildren(make("span", { class: bad ? "chip bad" : "chip" }, text));
  tiles("tiles", ["orders_delivered", "on_time", "click_to_door_mean", "turnover", "fill_rate", "shrink"]);
  tiles("small-tiles", ["click_to_door_p95", "lost_baskets", "lost_demand", "refunds", "claims", "life_left",
    "contactless", "waste", "vegetables", "pork"]);
}

function tiles(id, names) {
  document.getElementById(id).replaceChildren(...names.filter((x) => x in closing.indicators).map((name) => {
    const [value, unit] = measured(name);
    const shown = make("dd", {}, value);
    if (unit) shown.append(id === "tiles" ? make("small", {}, unit) : ` ${unit}`);
    return make("div", { title: definition(name) }, make("dt", {}, known("tile.", name, known("i.", name))), shown);
  }));
}

const definition = (name) =>
  language === "zh" ? known("d.", name, closing.indicators[name].definition) : closing.indicators[name].definition;

/** What a moment's sentences hold, as people write it. */
function spoken(moment) {
  const v = moment.values;
  const amount = (n) => (v.sold_by === "g" ? `${count(n)} g` : say(n === 1 ? "pack" : "packs", { n: count(n) }));
  const shown = { subject: moment.subject, name: language === "zh" ? v.name_zh : v.name_en };
  for (const [name, value] of Object.entries(v)) {
    if (name === "fen") shown.fen = yuan(value);
    else if (name.endsWith("_at_s")) shown[name.slice(0, -5)] = clock(value - midnight);
    else if (name === "lost_life_s") shown.lost_life = say("hours", { n: count(value / 3600, value < 36000 ? 1 : 0) });
    else if (name.endsWith("_s")) shown[name.slice(0, -2)] = minutes(value);
    else if (name.endsWith("_c10")) shown[name.slice(0, -4)] = `${count(value / 10, 1)} °C`;
    else if (["booked", "found", "lost", "amount"].includes(name)) shown[name] = amount(value);
    else shown[name] = typeof value === "number" ? count(value) : value;
  }
  return shown;
}

function tellMoments() {
  const items = figures.moments.map((x) => {
    const values = spoken(x);
    const body = make("div", {});
    const heading = make("h3", {}, make("span", { class: `tag ${x.kind}` }, say(`kind.${x.kind}`)), say(`what.${x.kind}`, values));
    let why = say(`why.${x.kind}.${x.cause}`, values);
    if (x.kind === "late" && x.values.others) why += say("why.late.others", values);
    const place = make("p", {}, why, " ");
    if (x.order) place.append(say("see"), make("code", {}, `doorstep explain DIR ${x.order}`));
    else if (x.kind !== "absent") place.append(say("lot"), make("code", {}, x.subject));
    body.append(heading, place);
    return make("li", {}, make("time", {}, clock(x.at_s - midnight)), body);
  });
  document.getElementById("moments").replaceChildren(...(items.length ? items : [make("li", {}, make("span", {}), make("p", {}, say("moments_none")))]));
}

function certificate() {
  put("digest", closing.digest);
  put("facts", say("facts", { facts: count(closing.facts), seed: String(figures.seed) }));
  document.getElementById("laws").replaceChildren(...Object.entries(closing.checks).map(([law, result]) =>
    make("li", result === "ok" ? {} : { class: "bad" }, make("b", {}, known("law.", law)),
      ` ${result === "ok" ? known("law_is.", law, "") : result}`)));
  accounts("money", closing.balances.fen ?? {}, (x) => yuan(x, 2));
  accounts("mass", figures.goods_g, (x) => `${count(x / 1000, 1)} kg`);
}

function accounts(id, held, show) {
  const rows = Object.entries(held).filter(([, amount]) => amount !== 0).sort((a, b) => a[1] - b[1]);
  const sum = rows.reduce((x, [, amount]) => x + amount, 0);
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("account")),
    make("th", { scope: "col", class: "number" }, say("balance"))));
  const body = make("tbody", {}, ...rows.map(([account, amount]) => make("tr", {},
    make("th", { scope: "row" }, known("account.", account)), make("td", { class: "number" }, show(amount)))));
  const foot = make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, say("sum")), make("td", { class: "number" }, show(sum))));
  document.getElementById(id).replaceChildren(head, body, foot);
}

function assumed() {
  document.getElementById("assumed").hidden = !figures.assumptions.length;
  const head = make("thead", {}, make("tr", {}, ...["assumed_what", "assumed_value", "assumed_why"].map((x) =>
    make("th", { scope: "col" }, say(x)))));
  const rows = figures.assumptions.map(({ name, value, why }) => make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, value), make("td", {}, why)));
  document.getElementById("assumptions").replaceChildren(head, make("tbody", {}, ...rows));
}

function glossary() {
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("indicator")),
    make("th", { scope: "col", class: "number" }, say("today")), make("th", { scope: "col" }, say("counts"))));
  const rows = Object.keys(closing.indicators).map((name) => make("tr", {}, make("th", { scope: "row" }, known("i.", name)),
    make("td", { class: "number" }, measured(name).join(" ").trim()), make("td", {}, definition(name))));
  document.getElementById("indicators").replaceChildren(head, make("tbody", {}, ...rows));
  const terms = Object.keys(words).filter((x) => x.startsWith("term."));
  document.getElementById("terms").replaceChildren(...terms.map((key) =>
    make("div", {}, make("dt", {}, say(key)), make("dd", {}, say(`means.${key.slice(5)}`)))));
  put("footer", say("footer"));
}
