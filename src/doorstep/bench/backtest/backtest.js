// The page of a backtest: words in two languages, numbers, tables. What came from files is set as text.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = read("words");
const figures = read("figures");
let language = "en";
let city = figures.cities[0];

const put = (id, text) => { document.getElementById(id).textContent = text; };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "#777";
const sum = (values) => values.reduce((a, b) => a + b, 0);

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
const locale = () => (language === "zh" ? "zh-CN" : "en-GB");
const count = (n, digits = 0) =>
  n.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
const none = "–";
const percent = (x, digits = 1) => (x === null || x === undefined ? none : `${count(100 * x, digits)}%`);
const signed = (x, digits = 1) => (x === null || x === undefined ? none : `${x < 0 ? "−" : "+"}${count(Math.abs(100 * x), digits)}%`);
const modelName = (name) => (Object.hasOwn(words, `model.${name}`) ? say(`model.${name}`) : name);

const models = () => figures.models.map((x) => x.name).filter((name) => city.lines.some((x) => x.model === name && x.origin === "all"));
/** The one line of a cell, or null. */
function line(model, protocol, { horizon = 0, level = "series", band = "all", promo = "all", origin = "all" } = {}) {
  return city.lines.find((x) => x.model === model && x.protocol === protocol && x.horizon === horizon
    && x.level === level && x.band === band && x.promo === promo && x.origin === origin) ?? null;
}
const pinball = (x) => {
  const all = x ? Object.values(x.pinball) : [];
  return all.length ? sum(all) / all.length : null;
};
/** The peers: neither us, nor our mean under another name, nor who knows the future's parameters. */
const rivals = () => models().filter((x) => !["doorstep", "doorstep_mean", "best_honest"].includes(x));
const known = (protocol) => models().some((x) => line(x, protocol));

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
  const choice = document.getElementById("cities");
  choice.hidden = figures.cities.length < 2;
  for (const x of figures.cities) {
    const button = make("button", { type: "button", "data-city": x.city }, "");
    button.addEventListener("click", () => { city = x; speak(language); });
    choice.append(button);
  }
  speak(["zh", "en"].includes(wanted) ? wanted : own);
  document.documentElement.dataset.ready = "yes";
}

/** Say everything again in a language. */
function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const x of document.querySelectorAll("[data-t]")) x.textContent = say(x.dataset.t);
  for (const x of document.querySelectorAll("[data-label]")) x.setAttribute("aria-label", say(x.dataset.label));
  for (const x of document.querySelectorAll("[data-language]")) x.setAttribute("aria-pressed", String(x.dataset.language === language));
  for (const x of document.querySelectorAll("[data-city]")) {
    x.textContent = say("city_name", { city: x.dataset.city });
    x.setAttribute("aria-pressed", String(x.dataset.city === city.city));
  }
  head();
  table();
  twoNumbers();
  levels();
  terms();
  drawCharts();
  drawWorst();
}

function head() {
  const first = city.origins[0];
  const last = city.origins[city.origins.length - 1];
  put("made-of", say("made_of", { files: figures.files.slice(0, 3).join(", ") + (figures.files.length > 3 ? " …" : "") }));
  put("title", say(city.origins.length > 1 ? "title_many" : "title_one", { city: city.city, n: count(city.origins.length), first, last }));
  const ours = line("doorstep", "truth");
  const sales = line("doorstep", "frn");
  const best = rivals().map((x) => line(x, "truth")).filter((x) => x && x.wape !== null).sort((a, b) => a.wape - b.wape)[0];
  const target = say(ours ? `target.${ours.target}` : "target.recorded");
  put("lead", ours && ours.wape !== null ? say(best ? "lead" : "lead_alone", {
    wape: percent(ours.wape), wpe: signed(ours.wpe), target, peer: best ? modelName(best.model) : "", peer_wape: best ? percent(best.wape) : "", peer_wpe: best ? signed(best.wpe) : "",
  }) : say("lead_nothing"));
  const tiles = [
    ["tile_wape", percent(ours?.wape)], ["tile_wpe", signed(ours?.wpe)], ["tile_pinball", ours && pinball(ours) !== null ? count(pinball(ours), 4) : none],
    ["tile_frn", percent(sales?.wape)], ["tile_frn_wpe", signed(sales?.wpe)], ["tile_rows", ours ? count(ours.n) : none],
  ];
  document.getElementById("tiles").replaceChildren(...tiles.map(([key, value]) => make("div", {}, make("dd", {}, value), make("dt", {}, say(key)))));
}

function table() {
  const shown = models().filter((x) => x !== "doorstep_mean");
  const columns = [
    ["truth", "WAPE", (x) => x.wape, (x) => percent(x), Math.abs], ["truth", "WPE", (x) => x.wpe, (x) => signed(x), Math.abs],
    ["truth", say("pinball"), pinball, (x) => (x === null ? none : count(x, 4)), (x) => x],
    ...["0.9", "0.95", "0.98"].map((q) => ["truth", say("cover", { q: q.slice(1) }), (x) => x.coverage[q] ?? null, (x, l) => (x === null ? none : [count(x, 3), " ", make("small", {}, `(${count(l.below[q], 3)})`)]), null]),
    ["frn", "WAPE", (x) => x.wape, (x) => percent(x), Math.abs], ["frn", "WPE", (x) => x.wpe, (x) => signed(x), Math.abs],
  ];
  const best = columns.map(([protocol, , value, , cost]) => (cost === null ? null : Math.min(...shown.filter((x) => x !== "best_honest")
    .map((x) => line(x, protocol)).filter((x) => x && value(x) !== null).map((x) => cost(value(x))))));
  const rows = shown.map((model) => make("tr", { class: model === "doorstep" ? "ours" : model === "best_honest" ? "floor" : "" },
    make("th", { scope: "row" }, modelName(model)),
    ...columns.map(([protocol, , value, show, cost], i) => {
      const found = line(model, protocol);
      const x = found ? value(found) : null;
      const first = x !== null && cost !== null && cost(x) === best[i] && model !== "best_honest";
      const text = x === null ? none : show(x, found);
      return make("td", { class: `number${first ? " best" : ""}` }, ...(Array.isArray(text) ? text : [text]));
    }),
    make("td", { class: "number" }, city.cpu_s[model] === undefined ? none : count(city.cpu_s[model], 1))));
  const headline = make("tr", {}, make("th", {}, ""),
    make("th", { class: "number", colspan: "6" }, say("by_truth", { target: say(`target.${line("doorstep", "truth")?.target ?? "recovered"}`) })),
    make("th", { class: "number", colspan: "2" }, say("by_frn")), make("th", {}, ""));
  const names = make("tr", {}, make("th", { scope: "col" }, say("model")), ...columns.map(([, name]) => make("th", { scope: "col", class: "number" }, name)),
    make("th", { scope: "col", class: "number" }, say("cpu")));
  document.getElementById("table").replaceChildren(make("thead", {}, headline, names), make("tbody", {}, ...rows));
  put("absent", figures.absent.length ? say("absent", { names: figures.absent.map(modelName).join(", ") }) : "");
}

function twoNumbers() {
  put("two-note", say("two_note"));
  const sales = line("doorstep", "frn");
  const mean = line("doorstep_mean", "frn");
  const rows = [["doorstep", say("frn_ours"), sales], ["doorstep_mean", say("frn_mean"), mean]];
  document.getElementById("protocols").replaceChildren(
    make("thead", {}, make("tr", {}, ...["by_frn", "", ""].map((x, i) => make("th", { scope: "col", class: i ? "number" : "" }, i ? ["", "WAPE", "WPE"][i] : say(x))))),
    make("tbody", {}, ...rows.map(([, name, x]) => make("tr", {}, make("th", { scope: "row" }, name),
      make("td", { class: "number" }, percent(x?.wape)), make("td", { class: "number" }, signed(x?.wpe))))));
  const { free, short } = city;
  put("two-result", free && short ? say("two_result", {
    share: percent(free.n / (free.n + short.n), 0), free: count(free.wanted, 2), short: count(short.wanted, 2), sold: count(short.sold, 2), mean: count(free.mean, 2), stock: count(free.in_stock_sales, 2),
  }) : say("two_none"));
}

function levels() {
  const shown = models().filter((x) => x !== "doorstep_mean");
  const names = ["series", "city_sku", "site_category", "site", "city"];
  document.getElementById("levels").replaceChildren(
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("model")), ...names.map((x) => make("th", { scope: "col", class: "number" }, say(`level.${x}`))))),
    make("tbody", {}, ...shown.map((model) => make("tr", { class: model === "doorstep" ? "ours" : model === "best_honest" ? "floor" : "" }, make("th", { scope: "row" }, modelName(model)),
      ...names.map((level) => {
        const x = line(model, "truth", { level });
        return make("td", { class: "number" }, percent(x?.wape), " ", make("small", {}, signed(x?.wpe)));
      })))));
}

function terms() {
  const terms = ["wape", "wpe", "pinball", "coverage", "truth", "frn", "origin", "recovered"];
  document.getElementById("terms").replaceChildren(
    ...terms.map((x) => make("div", {}, make("dt", {}, say(`term.${x}`)), make("dd", {}, say(`means.${x}`)))),
    ...figures.models.filter((x) => Object.hasOwn(words, `why.${x.name}`)).map((x) => make("div", {}, make("dt", {}, modelName(x.name)), make("dd", {}, say(`why.${x.name}`)))));
  put("footer", say("footer"));
}
