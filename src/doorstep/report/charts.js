// The charts: what each shows and says. uPlot draws what has axes; bars of categories are plain elements.
const sum = (list) => list.reduce((a, b) => a + b, 0);
const drawn = new Map();

/** What a chart shows, and the words above it. */
const charts = {
  hours() {
    const rows = figures.hours;
    const names = ["kept", "late", "lost", "open"].filter((x) => x !== "open" || sum(rows.map((r) => r.open)));
    const all = rows.map((x) => x.kept + x.late + x.lost + x.open);
    const most = all.indexOf(Math.max(...all));
    const hues = { open: "frozen" };
    return {
      empty: rows.length === 0,
      title: say("hours_title"),
      text: () => say("hours_text", {
        at: rows[most].at, n: count(all[most]), late: count(sum(rows.map((x) => x.late))), lost: count(sum(rows.map((x) => x.lost))),
      }),
      legend: names.map((x) => [hues[x] ?? x, say(x)]),
      draw: (plot) => stack(plot, {
        parts: names.map((x) => ({ name: say(x), hue: hues[x] ?? x, values: rows.map((r) => r[x]) })),
        label: (i) => rows[i].at, ticks: every(rows.length, 8), tick: (i) => rows[i]?.at ?? "", y: say("axis.baskets"),
      }),
    };
  },

  tenths() {
    const rows = figures.tenths;
    const quoted = closing.promises;
    const inside = rows.filter((r) => r.low_bp <= r.p_bp && r.p_bp <= r.high_bp).length;
    return {
      empty: rows.length === 0,
      title: say("tenths_title"),
      text: () => say("tenths_text", {
        expected: percent(quoted.expected_kept_bp), kept: percent((10000 * quoted.kept) / quoted.quoted), inside: count(inside), all: count(rows.length),
      }),
      legend: [["kept", say("tenth_dot")], ["lost", say("tenth_line"), "line"]],
      draw: (plot) => calibration(plot, rows),
    };
  },

  life() {
    const zones = Object.keys(figures.life);
    const total = sum(zones.map((x) => sum(figures.life[x])));
    const old = sum(zones.map((x) => sum(figures.life[x].slice(0, 5))));
    return {
      empty: total === 0,
      title: say("life_title"),
      text: () => say("life_text", { mean: percent(closing.indicators.life_left.value), old: percent((10000 * old) / total), n: count(total) }),
      legend: zones.map((x) => [x, say(`zone.${x}`)]),
      draw: (plot) => stack(plot, {
        parts: zones.map((x) => ({ name: say(`zone.${x}`), hue: x, values: figures.life[x] })),
        label: (i) => `${5 * i}–${5 * i + 5}%`, ticks: [-0.5, 3.5, 7.5, 11.5, 15.5, 19.5], tick: (i) => `${Math.round(5 * (i + 0.5))}%`,
        x: say("axis.life_left"), y: say("axis.parcels"),
      }),
    };
  },

  categories() {
    const rows = figures.categories.slice(0, 12);
    const cost = sum(figures.categories.map((x) => x.waste_fen + x.missing_fen));
    const lost = sum(figures.categories.map((x) => x.lost_fen + x.left_out_fen));
    return {
      empty: rows.length === 0,
      title: say("categories_title"),
      text: () => say("categories_text", { cost: yuan(cost), lost: yuan(lost), most: known("category.", rows[0].category) }),
      legend: [["ambient", say("waste")], ["bad", say("missing")], ["lost", say("lost_sales")], ["frozen", say("left_out")]],
      draw: (plot) => plot.replaceChildren(categoryBars(rows)),
    };
  },

  pickers: () => load("pickers", figures.pickers),
  couriers: () => load("couriers", figures.couriers),
};

/** People on shift as a step, people at work as an area below it, and the orders that wait for them as a line. */
function load(who, part) {
  const busy = Math.round((100 * sum(part.busy)) / (sum(part.on_shift) || 1));
  const most = Math.max(0, ...part.waiting);
  const step = uPlot.paths.stepped({ align: 1 });
  const lines = [
    { name: say(`${who}_busy`), hue: "kept", values: part.busy, paths: step, width: 0, fill: `${colour("kept")}99` },
    { name: say("on_shift"), hue: "lost", values: part.on_shift, paths: step, width: 1.8 },
    { name: say(`${who}_waiting`), hue: "waiting", values: part.waiting, paths: uPlot.paths.linear(), width: 1.8 },
  ];
  return {
    empty: sum(part.on_shift) === 0,
    title: say(`${who}_title`),
    text: () => say(`${who}_text`, { busy: `${busy}%`, n: count(most), at: figures.slots[Math.max(0, part.waiting.indexOf(most))] }),
    legend: [["lost", say("on_shift"), "line"], ["kept", say(`${who}_busy`)], ["waiting", say(`${who}_waiting`), "line"]],
    draw: (plot) => graph(plot, {
      data: [figures.slots.map((_, i) => i), ...lines.map((x) => x.values)],
      series: lines.map((x) => ({ stroke: colour(x.hue), width: x.width, fill: x.fill, paths: x.paths, points: { show: false } })),
      ticks: every(figures.slots.length, 8, 4), tick: (i) => figures.slots[i] ?? "", y: say("axis.people"), low: 0, high: figures.slots.length - 1,
      tip: (i) => [figures.slots[i], ...lines.map((x) => [x.hue, x.name, count(x.values[i], 1)])],
    }),
  };
}

/** Bars on top of each other; the tallest sum is drawn first, so that each part shows above the one below. */
function stack(plot, { parts, label, ticks, tick, x, y }) {
  const sums = parts.map((_, k) => parts[0].values.map((_, i) => sum(parts.slice(0, k + 1).map((p) => p.values[i]))));
  const bars = uPlot.paths.bars({ size: [0.8, 46] });
  const order = parts.map((_, k) => k).reverse();
  graph(plot, {
    data: [parts[0].values.map((_, i) => i), ...order.map((k) => sums[k])],
    series: order.map((k) => ({ stroke: colour(parts[k].hue), fill: colour(parts[k].hue), width: 0, paths: bars, points: { show: false } })),
    ticks, tick, x, y, low: -0.5, high: parts[0].values.length - 0.5,
    tip: (i) => [label(i), ...parts.map((p) => [p.hue, p.name, count(p.values[i])])],
  });
}

/** Quoted against kept, with intervals, and the line on which they would be equal. */
function calibration(plot, rows) {
  const low = Math.floor(Math.min(99, ...rows.flatMap((r) => [r.p_bp / 100, r.low_bp / 100])) - 1);
  const share = rows.map((r) => (100 * r.kept) / r.n);
  const stroke = (u, hue, width, dash, pairs) => {
    const pen = u.ctx;
    pen.save();
    pen.strokeStyle = hue;
    pen.lineWidth = width * devicePixelRatio;
    pen.setLineDash(dash.map((x) => x * devicePixelRatio));
    pen.beginPath();
    for (const [ax, ay, bx, by] of pairs) {
      pen.moveTo(u.valToPos(ax, "x", true), u.valToPos(ay, "y", true));
      pen.lineTo(u.valToPos(bx, "x", true), u.valToPos(by, "y", true));
    }
    pen.stroke();
    pen.restore();
  };
  graph(plot, {
    data: [rows.map((r) => r.p_bp / 100), share],
    series: [{ paths: () => null, points: { show: true, size: 9, fill: colour("kept"), stroke: colour("kept"), width: 0 } }],
    tick: (x) => `${x}%`, value: (x) => `${x}%`, x: say("axis.quoted"), y: say("axis.share_kept"), low, high: 100.5, range: [low, 100.8],
    under: (u) => {
      stroke(u, colour("lost"), 1.5, [3, 4], [[low, low, 100, 100]]);
      stroke(u, colour("kept"), 1.6, [], rows.map((r) => [r.p_bp / 100, r.low_bp / 100, r.p_bp / 100, r.high_bp / 100]));
    },
    tip: (i) => say("tenth_hover", {
      p: percent(rows[i].p_bp), share: percent((10000 * rows[i].kept) / rows[i].n), kept: count(rows[i].kept), n: count(rows[i].n),
      low: percent(rows[i].low_bp), high: percent(rows[i].high_bp),
    }).split("\n"),
  });
}

/** Numbers to label on an axis of places: at most so many, at even steps. */
function every(length, most, unit = 1) {
  const wanted = innerWidth < 600 ? Math.ceil(most / 2) : most;
  const step = Math.max(1, Math.ceil(length / wanted / unit)) * unit;
  return [...Array(length).keys()].filter((i) => i % step === 0);
}

/** One uPlot in the dress of the page, with a tip that follows the pointer. */
function graph(plot, { data, series, ticks, tick, value, x, y, low, high, range, tip, under }) {
  const family = getComputedStyle(document.body).fontFamily;
  const axis = { stroke: colour("soft"), font: `13px ${family}`, labelFont: `13px ${family}`, labelSize: 20, ticks: { show: false } };
  const box = make("div", { class: "tip", hidden: "" });
  drawn.get(plot)?.destroy();
  plot.replaceChildren();
  const chart = new uPlot({
    width: plot.clientWidth, height: plot.clientHeight, padding: [8, 20, 0, 0], legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    scales: { x: { time: false, range: [low, high] }, y: { range: range ?? ((_, __, top) => [0, (top || 1) * 1.06]) } },
    axes: [
      { ...axis, label: x, grid: { show: false }, size: 30, values: (_, at) => at.map(tick), ...(ticks ? { splits: () => ticks } : { space: 60 }) },
      { ...axis, label: y, size: 46, grid: { stroke: colour("faint"), width: 1 }, values: (_, at) => at.map(value ?? ((n) => count(n))) },
    ],
    series: [{}, ...series],
    hooks: { drawAxes: [(u) => under?.(u)], setCursor: [(u) => follow(u, box, tip)] },
  }, data, plot);
  chart.over.append(box);
  drawn.set(plot, chart);
}

function follow(chart, box, tip) {
  const { idx, left } = chart.cursor;
  box.hidden = idx === null || idx === undefined || left < 0;
  if (box.hidden) return;
  box.replaceChildren(...tip(idx).map((line) => (typeof line === "string"
    ? make("p", {}, line)
    : make("p", {}, make("span", { class: "swatch", style: `background: var(--${line[0]})` }), `${line[1]} `, make("b", {}, line[2])))));
  const right = left > chart.over.clientWidth / 2;
  box.style.left = right ? "auto" : `${left + 14}px`;
  box.style.right = right ? `${chart.over.clientWidth - left + 14}px` : "auto";
}

/** Waste to the left, lost sales to the right, a row a category; each side has its own scale. */
function categoryBars(rows) {
  const sides = [[["waste_fen", "ambient"], ["missing_fen", "bad"]], [["lost_fen", "lost"], ["left_out_fen", "frozen"]]];
  const whole = (row, side) => sum(side.map(([part]) => Math.max(0, row[part])));
  const cells = rows.flatMap((row) => [make("span", { class: "name" }, known("category.", row.category)), ...sides.map((side) => {
    const most = Math.max(1, ...rows.map((x) => whole(x, side)));
    const bars = side.filter(([part]) => row[part] > 0).map(([part, hue]) =>
      make("i", { style: `width: ${((70 * row[part]) / most).toFixed(2)}%; background: var(--${hue})` }));
    return make("span", { class: "bars" }, ...bars, make("b", {}, whole(row, side) ? count(whole(row, side) / 100) : ""));
  })]);
  return make("div", { class: "categories" }, make("span"), make("span", { class: "head" }, say("axis.at_cost")),
    make("span", { class: "head" }, say("axis.at_list")), ...cells);
}

/** Draw every chart, and again whenever its room changes. */
const sizes = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    const chart = drawn.get(target);
    const [width, height] = [target.clientWidth, target.clientHeight];
    if (chart && width && (chart.width !== width || chart.height !== height)) chart.setSize({ width, height });
  }
});

function drawCharts() {
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const chart = charts[figure.dataset.chart]();
    let plot = figure.querySelector(".plot");
    if (!plot) {
      plot = make("div", { class: `plot ${figure.dataset.chart}` });
      figure.append(make("figcaption"), plot);
      sizes.observe(plot);
    }
    caption(figure, chart);
    plot.classList.toggle("empty", chart.empty);
    if (chart.empty) {
      plot.replaceChildren(say("nothing"));
      continue;
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${chart.title}. ${chart.text()}`);
    chart.draw(plot);
  }
}

function caption(figure, chart) {
  const legend = chart.empty ? [] : chart.legend.map(([hue, text, shape]) => make("li", {},
    make("span", { class: `swatch ${shape ?? ""}`, style: shape ? `border-color: var(--${hue})` : `background: var(--${hue})`, "aria-hidden": "true" }), text));
  figure.querySelector("figcaption").replaceChildren(
    make("h3", {}, chart.title), make("p", {}, chart.empty ? "" : chart.text()), make("ul", {}, ...legend));
}
