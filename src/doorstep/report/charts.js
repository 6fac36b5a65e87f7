// The charts: what each shows and says, drawn by Plotly.
let plotly = null;
const sum = (list) => list.reduce((a, b) => a + b, 0);

/** Unpack Plotly, run it, draw. Until then the page can be read already. */
async function beginCharts() {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (x) => x.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = make("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  plotly = window.Plotly;
  await drawCharts();
  document.documentElement.dataset.ready = "yes";
  addEventListener("beforeprint", () => resize(660));
  addEventListener("afterprint", () => resize(null));
}

function resize(width) {
  for (const x of document.querySelectorAll(".plot.js-plotly-plot")) {
    if (width) plotly.relayout(x, { width: Math.min(width, x.clientWidth), autosize: false });
    else plotly.relayout(x, { width: null, autosize: true });
  }
}

/** What a chart shows: traces, layout, the words above it and what stands for its colours. */
const charts = {
  hours() {
    const rows = figures.hours;
    const all = rows.map((x) => x.kept + x.late + x.lost + x.open);
    const most = all.indexOf(Math.max(...all));
    const at = rows.map((x) => x.at);
    const parts = ["kept", "late", "lost"].map((name) => bar(at, rows.map((x) => x[name]), name, say(name)));
    const open = rows.map((x) => x.open);
    if (sum(open)) parts.push(bar(at, open, "frozen", say("open")));
    return {
      empty: rows.length === 0,
      title: say("hours_title"),
      text: () => say("hours_text", {
        at: at[most], n: count(all[most]), late: count(sum(rows.map((x) => x.late))), lost: count(sum(rows.map((x) => x.lost))),
      }),
      legend: [["kept", say("kept")], ["late", say("late")], ["lost", say("lost")]],
      traces: parts,
      layout: { barmode: "stack", hovermode: "x unified", xaxis: hours(), yaxis: { title: axis("baskets") } },
    };
  },

  tenths() {
    const rows = figures.tenths;
    const x = rows.map((y) => y.p_bp / 100);
    const y = rows.map((r) => (100 * r.kept) / r.n);
    const low = Math.floor(Math.min(100, ...x, ...rows.map((r) => r.low_bp / 100)) - 1);
    const inside = rows.filter((r) => r.low_bp <= r.p_bp && r.p_bp <= r.high_bp).length;
    const text = rows.map((r) => say("tenth_hover", {
      p: percent(r.p_bp), share: percent((10000 * r.kept) / r.n), kept: count(r.kept), n: count(r.n), low: percent(r.low_bp), high: percent(r.high_bp),
    }));
    const point = {
      x, y, text, mode: "markers", hovertemplate: "%{text}<extra></extra>",
      marker: { color: colour("kept"), size: 9 },
      error_y: {
        type: "data", symmetric: false, thickness: 1.6, width: 4, color: colour("kept"),
        array: rows.map((r, i) => r.high_bp / 100 - y[i]), arrayminus: rows.map((r, i) => y[i] - r.low_bp / 100),
      },
    };
    const even = { x: [low, 100], y: [low, 100], mode: "lines", hoverinfo: "skip", line: { color: colour("lost"), dash: "dot", width: 1.5 } };
    const quoted = closing.promises;
    return {
      empty: rows.length === 0,
      title: say("tenths_title"),
      text: () => say("tenths_text", {
        expected: percent(quoted.expected_kept_bp), kept: percent((10000 * quoted.kept) / quoted.quoted), inside: count(inside), all: count(rows.length),
      }),
      legend: [["kept", say("tenth_dot")], ["lost", say("tenth_line"), "line"]],
      traces: [even, point],
      layout: {
        xaxis: { title: axis("quoted"), ticksuffix: "%", range: [low, 100.6] },
        yaxis: { title: axis("share_kept"), ticksuffix: "%", range: [low, 101] },
      },
    };
  },

  life() {
    const zones = Object.keys(figures.life);
    const bins = 20;
    const at = [...Array(bins).keys()].map((x) => (x + 0.5) * (100 / bins));
    const total = sum(zones.map((x) => sum(figures.life[x])));
    const old = sum(zones.map((x) => sum(figures.life[x].slice(0, 5))));
    return {
      empty: total === 0,
      title: say("life_title"),
      text: () => say("life_text", { mean: percent(closing.indicators.life_left.value), old: percent((10000 * old) / total), n: count(total) }),
      legend: zones.map((x) => [x, say(`zone.${x}`)]),
      traces: zones.map((zone) => ({
        ...bar(at, figures.life[zone], zone, say(`zone.${zone}`)), width: 4.4,
        customdata: at.map((x) => `${x - 2.5}–${x + 2.5}%`), hovertemplate: `%{customdata}: %{y:,}<extra>${say(`zone.${zone}`)}</extra>`,
      })),
      layout: { barmode: "stack", xaxis: { title: axis("life_left"), ticksuffix: "%", range: [0, 100], dtick: 20 }, yaxis: { title: axis("parcels") } },
    };
  },

  categories() {
    const rows = figures.categories.slice(0, 12).reverse();
    const names = rows.map((x) => known("category.", x.category));
    const side = (part, name, hue, place) => ({
      type: "bar", orientation: "h", y: names, x: rows.map((x) => x[part] / 100), name, xaxis: place, marker: { color: colour(hue) },
      hovertemplate: `%{y}: ${language === "zh" ? "%{x:,.0f} 元" : "¥%{x:,.0f}"}<extra>${name}</extra>`,
    });
    const cost = sum(figures.categories.map((x) => x.waste_fen + x.missing_fen));
    const lost = sum(figures.categories.map((x) => x.lost_fen + x.left_out_fen));
    return {
      empty: rows.length === 0,
      height: 80 + 25 * rows.length,
      title: say("categories_title"),
      text: () => say("categories_text", { cost: yuan(cost), lost: yuan(lost), most: names.at(-1) }),
      legend: [["ambient", say("waste")], ["bad", say("missing")], ["lost", say("lost_sales")], ["frozen", say("left_out")]],
      traces: [
        side("waste_fen", say("waste"), "ambient", "x"), side("missing_fen", say("missing"), "bad", "x"),
        side("lost_fen", say("lost_sales"), "lost", "x2"), side("left_out_fen", say("left_out"), "frozen", "x2"),
      ],
      layout: {
        barmode: "relative", bargap: 0.35, yaxis: { automargin: true, showgrid: false, ticksuffix: " " },
        xaxis: { domain: [0, 0.47], title: axis("at_cost"), nticks: 4 }, xaxis2: { domain: [0.53, 1], title: axis("at_list"), nticks: 4 },
      },
    };
  },

  pickers: () => load("pickers", figures.pickers),
  couriers: () => load("couriers", figures.couriers),
};

/** People on shift as a step, people at work as an area below it, and the orders that wait for them as a line. */
function load(who, part) {
  const step = { x: figures.slots, mode: "lines" };
  const busy = Math.round((100 * sum(part.busy)) / (sum(part.on_shift) || 1));
  const most = Math.max(0, ...part.waiting);
  return {
    empty: sum(part.on_shift) === 0,
    title: say(`${who}_title`),
    text: () => say(`${who}_text`, { busy: `${busy}%`, n: count(most), at: figures.slots[part.waiting.indexOf(most)] }),
    legend: [["lost", say("on_shift"), "line"], ["kept", say(`${who}_busy`)], ["waiting", say(`${who}_waiting`), "line"]],
    traces: [
      { ...step, y: part.busy, name: say(`${who}_busy`), fill: "tozeroy", line: { shape: "hvh", width: 0, color: colour("kept") }, fillcolor: `${colour("kept")}99` },
      { ...step, y: part.on_shift, name: say("on_shift"), line: { shape: "hvh", width: 1.8, color: colour("lost") } },
      { ...step, y: part.waiting, name: say(`${who}_waiting`), line: { width: 1.8, color: colour("waiting") } },
    ].map((x) => ({ ...x, hovertemplate: "%{y:.1f}" })),
    layout: { hovermode: "x unified", xaxis: hours(), yaxis: { title: axis("people") } },
  };
}

const axis = (key) => ({ text: say(`axis.${key}`), standoff: 8, font: { size: 13 } });
const hours = () => ({ type: "category", nticks: innerWidth < 600 ? 5 : 9, tickangle: 0 });
const bar = (x, y, hue, name) => ({ type: "bar", x, y, name, marker: { color: colour(hue) }, hovertemplate: "%{y:,}" });

/** Draw every chart again, one after the other, so that the page stays awake. */
async function drawCharts() {
  const asked = language;
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const chart = charts[figure.dataset.chart]();
    let plot = figure.querySelector(".plot");
    if (!plot) {
      plot = make("div", { class: "plot" });
      figure.append(make("figcaption"), plot);
    }
    caption(figure, chart);
    if (chart.empty) {
      plot.replaceWith(make("div", { class: "plot empty" }, say("nothing")));
      continue;
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${chart.title}. ${chart.text()}`);
    if (chart.height) plot.style.height = `${chart.height}px`;
    if (!plotly) continue;
    await new Promise((resume) => setTimeout(resume, 0));
    if (asked !== language) return;
    await plotly.react(plot, chart.traces, dressed(chart.layout), { displayModeBar: false, responsive: true, scrollZoom: false });
  }
}

function caption(figure, chart) {
  const legend = chart.empty ? [] : chart.legend.map(([hue, text, shape]) => make("li", {},
    make("span", { class: `swatch ${shape ?? ""}`, style: shape ? `border-color: var(--${hue})` : `background: var(--${hue})`, "aria-hidden": "true" }), text));
  figure.querySelector("figcaption").replaceChildren(
    make("h3", {}, chart.title), make("p", {}, chart.empty ? "" : chart.text()), make("ul", {}, ...legend));
}

/** A calm dress for every chart, in the colours of now. */
function dressed(layout) {
  const family = getComputedStyle(document.body).fontFamily;
  const line = { gridcolor: colour("faint"), linecolor: colour("line"), zerolinecolor: colour("line"), fixedrange: true, tickfont: { size: 13 } };
  const result = {
    font: { family, size: 13, color: colour("soft") }, showlegend: false, dragmode: false, bargap: 0.22,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 52, r: 10, t: 8, b: 46 },
    hoverlabel: { bgcolor: colour("card"), bordercolor: colour("line"), font: { family, size: 14, color: colour("ink") } },
    separators: ".,", hovermode: "closest", ...layout,
  };
  for (const name of ["xaxis", "xaxis2", "yaxis"]) {
    if (name in result) result[name] = { ...line, ...(name === "yaxis" ? { rangemode: "tozero" } : { showgrid: false }), ...result[name] };
  }
  return result;
}
