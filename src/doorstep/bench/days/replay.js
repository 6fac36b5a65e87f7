// A replayed day: the map of the report page, under the numbers of a replay.
const replayed = figures.numbers;

/** Say everything again in a language: this page has a head and a map, no more. */
function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const x of document.querySelectorAll("[data-t]")) x.textContent = say(x.dataset.t);
  for (const x of document.querySelectorAll("[data-label]")) x.setAttribute("aria-label", say(x.dataset.label));
  for (const x of document.querySelectorAll("[data-language]")) {
    x.setAttribute("aria-pressed", String(x.dataset.language === language));
  }
  glance();
  speakMap();
}

function glance() {
  const date = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeZone: "UTC" });
  put("title", date.format(new Date(`${figures.date}T12:00:00Z`)));
  put("site", say("replay_site", { site: closing.site, policy: replayed.policy, tz: figures.tz }));
  const key = replayed.waiting ? "replay_lead_waiting" : "replay_lead";
  put("lead", say(key, {
    orders: count(replayed.orders), trips: count(replayed.trips), on_time: percent(replayed.on_time_bp, 2),
    late: count(replayed.late_orders), waiting: count(replayed.waiting),
  }));
  const shown = [
    ["replay_cost", count(replayed.cost), say("second_unit")],
    ["replay_on_time", count(replayed.on_time_bp / 100, 2), "%"],
    ["replay_busy", count(replayed.orders_per_busy_hour, 2), ""],
    ["replay_each", count(replayed.orders / Math.max(1, replayed.trips), 2), ""],
    ["replay_late", count(replayed.late_s / Math.max(1, replayed.late_orders) / 60, 1), say("minute")],
    ["replay_overtime", count(replayed.overtime_s / 3600, 1), say("hour_unit")],
  ];
  document.getElementById("tiles").replaceChildren(...shown.map(([name, value, unit]) =>
    make("div", {}, make("dt", {}, say(name)), make("dd", {}, value, make("small", {}, unit)))));
}
