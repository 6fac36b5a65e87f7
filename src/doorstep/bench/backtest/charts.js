// The charts of a backtest, drawn by uPlot in the dress of the page.
const drawn = new Map();
const SHAPES = { doorstep: 2.6, best_honest: 1.4 };

const charts = {
  days() {
    const rows = [["free", city.free], ["short", city.short]].filter(([, x]) => x);
    const parts = [["sold", "lost"], ["wanted", "chilled"], ["mean", "doorstep"], ["in_stock_sales", "ambient"]];
    return {
      empty: rows.length === 0,
      title: say("days_title"), text: say("days_text"),
      legend: parts.map(([key, hue]) => [hue, say(`days.${key}`)]),
      draw: (plot) => groups(plot, rows.map(([key, x]) => say(`days.${key}`, { n: count(x.n) })), parts.map(([key, hue]) => ({ hue, name: say(`days.${key}`), values: rows.map(([, x]) => x[key]) })), say("axis.a_day"), (x) => count(x, 2)),
    };
  },
  horizon() {
    const horizons = [...new Set(city.lines.filter((x) => x.protocol === "truth" && x.level === "series" && x.horizon > 0).map((x) => x.horizon))].sort((a, b) => a - b);
    return curves("horizon", horizons, horizons.map(String), (model, x) => line(model, "truth", { horizon: x })?.wape, "axis.days_ahead");
  },
  band() {
    const bands = [...new Set(city.lines.filter((x) => x.protocol === "truth").map((x) => x.band))].filter((x) => x !== "all").sort((a, b) => parseFloat(a) - parseFloat(b));
    return curves("band", bands, bands.map((x) => x.replace("-", "–")), (model, x) => line(model, "truth", { band: x })?.wape, "axis.band");
  },
  weeks() {
    return curves("weeks", city.origins, city.origins.map((x) => x.slice(5)), (model, x) => line(model, "frn", { origin: x })?.wape ?? null, "axis.origin");
  },
  promo() {
    const kinds = ["off", "on"];
    const shown = models().filter((x) => x !== "doorstep_mean" && kinds.some((promo) => line(x, "truth", { promo })));
    return {
      empty: shown.length === 0, title: say("promo_title"), text: say("promo_text"), legend: shown.map((x) => [x, modelName(x)]),
      draw: (plot) => groups(plot, kinds.map((x) => say(`promo.${x}`)), shown.map((model) => ({
        hue: model, name: modelName(model), values: kinds.map((promo) => 100 * (line(model, "truth", { promo })?.wape ?? 0)),
      })), say("axis.wape"), (x) => `${count(x, 1)}%`, (x) => `${count(x)}%`),
    };
  },
  coverage() {
    const shown = ["doorstep", "mlforecast", "best_honest"].filter((x) => Object.keys(line(x, "truth")?.coverage ?? {}).length);
    const levels = Object.keys(line("doorstep", "truth")?.coverage ?? {});
    const away = (model, part, q) => 100 * (line(model, "truth")[part][q] - Number(q));
    const shift = (k) => (k - (shown.length - 1) / 2) * 0.2;
    const all = shown.flatMap((x) => levels.flatMap((q) => [away(x, "below", q), away(x, "coverage", q)]));
    return {
      empty: shown.length === 0, title: say("coverage_title"), text: say("coverage_text"), legend: shown.map((x) => [x, modelName(x)]),
      draw: (plot) => graph(plot, {
        data: [levels.map((_, i) => i), ...shown.map((x) => levels.map((q) => away(x, "coverage", q)))],
        series: shown.map(() => ({ paths: () => null, points: { show: false } })),
        ticks: levels.map((_, i) => i), tick: (i) => levels[i]?.slice(1) ?? "", value: (x) => `${x > 0 ? "+" : x < 0 ? "−" : ""}${count(Math.abs(x))}`, x: say("axis.level"), y: say("axis.away"),
        low: -0.5, high: levels.length - 0.5, range: [Math.min(-2, ...all) - 2, Math.max(2, ...all) + 2],
        under: (u) => {
          strokes(u, colour("ink"), 1.2, [], [[-0.5, 0, levels.length - 0.5, 0]]);
          shown.forEach((x, k) => strokes(u, colour(x), 8, [], levels.map((q, i) => [i + shift(k), away(x, "below", q), i + shift(k), away(x, "coverage", q)])));
        },
        tip: (i) => [say("coverage_tip", { q: `${count(100 * Number(levels[i]))}%` }), ...shown.map((x) => [x, modelName(x), `${count(100 * line(x, "truth").below[levels[i]], 1)}–${count(100 * line(x, "truth").coverage[levels[i]], 1)}%`])],
      }),
    };
  },
  pinball() {
    const levels = Object.keys(line("doorstep", "truth")?.pinball ?? {});
    return curves("pinball", levels, levels.map((x) => x.slice(1)), (model, q) => line(model, "truth")?.pinball[q] ?? null, "axis.level", { y: "axis.pinball", scale: 1, show: (x) => count(x, 4) });
  },
};

/** One line a model over places; values are shares shown as percent, or as told. */
function curves(name, places, labels, value, x, { y = "axis.wape", scale = 100, show = (v) => `${count(v, 1)}%` } = {}) {
  const at = (model, place) => { const v = value(model, place); return v === null || v === undefined ? null : scale * v; };
  const shown = models().filter((model) => model !== "doorstep_mean" && places.some((p) => at(model, p) !== null));
  const all = shown.map((model) => places.map((p) => at(model, p)));
  const top = Math.max(0, ...all.flat().filter((v) => v !== null));
  return {
    empty: shown.length === 0 || places.length === 0, title: say(`${name}_title`), text: say(`${name}_text`), legend: shown.map((model) => [model, modelName(model), "line"]),
    draw: (plot) => graph(plot, {
      data: [places.map((_, i) => i), ...all],
      series: shown.map((model) => ({ stroke: colour(model), width: SHAPES[model] ?? 1.6, dash: model === "best_honest" ? [4, 4] : undefined, points: { show: true, size: model === "doorstep" ? 8 : 5, fill: colour(model) } })),
      ticks: places.map((_, i) => i), tick: (i) => labels[i] ?? "", value: scale === 100 ? (v) => `${count(v)}%` : (v) => count(v, 2), x: say(x), y: say(y), low: -0.3, high: places.length - 0.7, range: [0, top * 1.08 || 1],
      tip: (i) => [labels[i], ...shown.map((model, k) => [model, modelName(model), all[k][i] === null ? none : show(all[k][i])])],
    }),
  };
}

/** Bars beside each other: a group a place, a bar a part. */
function groups(plot, places, parts, y, show, value) {
  const width = 0.8 / parts.length;
  const top = Math.max(0, ...parts.flatMap((x) => x.values));
  graph(plot, {
    data: [places.map((_, i) => i), ...parts.map((x) => x.values)],
    series: parts.map(() => ({ paths: () => null, points: { show: false } })),
    ticks: places.map((_, i) => i), tick: (i) => places[i] ?? "", value, y, low: -0.5, high: places.length - 0.5, range: [0, top * 1.08 || 1],
    under: (u) => parts.forEach((part, k) => part.values.forEach((value, i) => {
      const left = u.valToPos(i - 0.4 + k * width, "x", true);
      const right = u.valToPos(i - 0.4 + (k + 1) * width, "x", true);
      const high = u.valToPos(value, "y", true);
      u.ctx.fillStyle = colour(part.hue);
      u.ctx.fillRect(left + 1, high, right - left - 2, u.valToPos(0, "y", true) - high);
    })),
    tip: (i) => [places[i], ...parts.map((x) => [x.hue, x.name, show(x.values[i])])],
  });
}

function strokes(u, hue, width, dash, pairs) {
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
}

/** One uPlot with a tip that follows the pointer. */
function graph(plot, { data, series, bands, ticks, tick, value, x, y, low, high, range, tip, under }) {
  const family = getComputedStyle(document.body).fontFamily;
  const axis = { stroke: colour("soft"), font: `13px ${family}`, labelFont: `13px ${family}`, labelSize: 20, ticks: { show: false } };
  const box = make("div", { class: "tip", hidden: "" });
  drawn.get(plot)?.destroy();
  plot.replaceChildren();
  const chart = new uPlot({
    width: plot.clientWidth, height: plot.clientHeight, padding: [8, 20, 0, 0], legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } }, bands,
    scales: { x: { time: false, range: [low, high] }, y: { range: range ?? ((_, __, top) => [0, (top || 1) * 1.06]) } },
    axes: [
      { ...axis, label: x, grid: { show: false }, size: 30, values: (_, at) => at.map(tick), ...(ticks ? { splits: () => ticks } : { space: 60 }) },
      { ...axis, label: y, size: 50, grid: { stroke: colour("faint"), width: 1 }, values: (_, at) => at.map(value ?? ((n) => count(n, n % 1 ? 1 : 0))) },
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
  box.replaceChildren(...tip(idx).map((text) => (typeof text === "string"
    ? make("p", {}, text)
    : make("p", {}, make("span", { class: "swatch", style: `background: var(--${text[0]})` }), `${text[1]} `, make("b", {}, text[2])))));
  const right = left > chart.over.clientWidth / 2;
  box.style.left = right ? "auto" : `${left + 14}px`;
  box.style.right = right ? `${chart.over.clientWidth - left + 14}px` : "auto";
}

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
      plot = make("div", { class: "plot" });
      figure.append(make("figcaption"), plot);
      sizes.observe(plot);
    }
    figure.querySelector("figcaption").replaceChildren(
      make("h3", {}, chart.title), make("p", {}, chart.empty ? "" : chart.text), swatches(chart.empty ? [] : chart.legend));
    plot.classList.toggle("empty", chart.empty);
    if (chart.empty) {
      drawn.get(plot)?.destroy();
      drawn.delete(plot);
      plot.replaceChildren(say("nothing"));
      continue;
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${chart.title}. ${chart.text}`);
    chart.draw(plot);
  }
}

function swatches(legend) {
  return make("ul", {}, ...legend.map(([hue, text, shape]) => make("li", {},
    make("span", { class: `swatch ${shape ?? ""}`, style: shape === "line" || shape === "ring" ? `border-color: var(--${hue})` : `background: var(--${hue})`, "aria-hidden": "true" }), text)));
}

/** The worst series: what sold, where the shelf ran empty, what was wanted, what was told. */
function drawWorst() {
  const list = document.getElementById("worst");
  for (const plot of list.querySelectorAll(".plot")) {
    drawn.get(plot)?.destroy();
    drawn.delete(plot);
    sizes.unobserve(plot);
  }
  const target = line("doorstep", "truth")?.target ?? "recovered";
  document.getElementById("worst-legend").replaceChildren(...swatches([
    ["lost", say("worst.sold")], ["bad", say("worst.short"), "dot"], ["chilled", say(`target.${target}`), "line"], ["doorstep", say("worst.mean"), "line"], ["band", say("worst.band")],
  ]).children);
  list.replaceChildren(...city.worst.map((x) => {
    const plot = make("div", { class: "plot", role: "img", "aria-label": say("worst_name", { site: x.site, sku: x.sku }) });
    return make("li", { class: "card" }, make("h3", {}, say("worst_name", { site: x.site, sku: x.sku })),
      make("p", {}, say("worst_line", { error: count(x.error, 1), expected: count(x.expected, 1) })), plot);
  }));
  if (!city.worst.length) list.replaceChildren(make("li", { class: "card" }, say("nothing")));
  [...list.querySelectorAll(".plot")].forEach((plot, k) => {
    curve(plot, city.worst[k]);
    sizes.observe(plot);
  });
}

function curve(plot, x) {
  const whole = [...x.sold, ...x.wanted, ...x.high].filter((v) => v !== null);
  const top = Math.max(1e-9, ...whole);
  graph(plot, {
    data: [x.days.map((_, i) => i), x.high, x.low, x.wanted, x.mean],
    bands: [{ series: [1, 2], fill: `${colour("band")}aa` }],
    series: [
      { stroke: "transparent", width: 0, points: { show: false } }, { stroke: "transparent", width: 0, points: { show: false } },
      { stroke: colour("chilled"), width: 1.2, points: { show: true, size: 5, fill: colour("chilled") } },
      { stroke: colour("doorstep"), width: 2.4, points: { show: false } },
    ],
    ticks: x.days.map((_, i) => i).filter((i) => i % 14 === 0), tick: (i) => x.days[i]?.slice(5) ?? "", low: -0.6, high: x.days.length - 0.4, range: [0, top * 1.08],
    under: (u) => x.sold.forEach((value, i) => {
      if (value === null) return;
      const left = u.valToPos(i - 0.38, "x", true);
      const wide = u.valToPos(i + 0.38, "x", true) - left;
      const high = u.valToPos(value, "y", true);
      const floor = u.valToPos(0, "y", true);
      u.ctx.fillStyle = colour("bar");
      u.ctx.fillRect(left, high, wide, floor - high);
      if (x.short[i]) {
        u.ctx.fillStyle = colour("bad");
        u.ctx.fillRect(left, high - 3 * devicePixelRatio, wide, 3 * devicePixelRatio);
      }
    }),
    tip: (i) => [x.days[i], ["lost", say("worst.sold"), x.sold[i] === null ? none : count(x.sold[i], 1)],
      ...(x.short[i] ? [["bad", say("worst.short"), ""]] : []),
      ...(x.wanted[i] === null ? [] : [["chilled", say("worst.wanted"), count(x.wanted[i], 1)]]),
      ...(x.mean[i] === null ? [] : [["doorstep", say("worst.mean"), `${count(x.mean[i], 1)} (${count(x.low[i], 1)}–${count(x.high[i], 1)})`]])],
  });
}
