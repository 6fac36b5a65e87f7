// The map: couriers move along straight lines between doors as the clock of the slider goes.
const city = figures.map;
const [ID, LAT, LNG, ASKED, PLACED, PROMISED, HANDED, LATE, LOST] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const speeds = [60, 300, 1200];
const metres = 0.111195; // of one micro-degree of latitude
const squeeze = Math.cos((city.lat_e6 / 1e6) * (Math.PI / 180));
const view = { playing: false, speed: 300, now: city.begins_s, last: 0, chosen: null, scale: 1 };
const element = (id) => document.getElementById(id);

const across = (lng) => (lng - city.lng_e6) * metres * squeeze;
const up = (lat) => (lat - city.lat_e6) * metres;
const doors = city.doors.map((x) => ({ x: across(x[LNG]), y: up(x[LAT]), door: x }));
const reach = (list) => list.sort((a, b) => a - b)[Math.floor((list.length - 1) * 0.995)] ?? 1000;
const span = { x: Math.max(400, reach(doors.map((d) => Math.abs(d.x)))), y: Math.max(400, reach(doors.map((d) => Math.abs(d.y)))) };

function beginMap() {
  const slider = element("slider");
  slider.min = Math.floor(city.begins_s / 60) * 60;
  slider.max = Math.ceil(city.ends_s / 60) * 60;
  view.now = busiest();
  slider.value = view.now;
  slider.addEventListener("input", () => show(Number(slider.value)));
  element("play").addEventListener("click", () => play(!view.playing));
  element("speed").addEventListener("click", () => {
    view.speed = speeds[(speeds.indexOf(view.speed) + 1) % speeds.length];
    speakMap();
  });
  const canvas = element("map");
  canvas.addEventListener("pointermove", (x) => { if (x.pointerType === "mouse") choose(x); });
  canvas.addEventListener("click", choose);
  canvas.addEventListener("pointerleave", (x) => { if (x.pointerType === "mouse") { view.chosen = null; show(view.now); } });
  new ResizeObserver(() => show(view.now)).observe(canvas);
}

/** The quarter of an hour in which most couriers are out: the map opens on a living picture. */
function busiest() {
  const most = Math.max(...figures.couriers.busy);
  const slot = figures.couriers.busy.indexOf(most);
  const begins = closing.opened_at_s - midnight;
  return Math.min(Math.max(begins - (begins % 900) + slot * 900 + 450, city.begins_s), city.ends_s);
}

function speakMap() {
  element("play").textContent = say(view.playing ? "pause" : "play");
  element("speed").textContent = say("speed", { n: count(view.speed / 60) });
  element("speed").setAttribute("aria-label", say("speed_label", { n: count(view.speed / 60) }));
  element("map").setAttribute("aria-label", say("map_label"));
  const legend = [["waiting", "ring", "door_waiting"], ["kept", "dot", "door_kept"], ["late", "dot", "door_late"], ["lost", "cross", "door_lost"], ["ink", "dot", "courier_out"]];
  element("map-legend").replaceChildren(...legend.map(([hue, shape, key]) => make("li", {},
    make("span", { class: `swatch ${shape}`, style: shape === "dot" ? `background: var(--${hue})` : `border-color: var(--${hue}); color: var(--${hue})`, "aria-hidden": "true" },
      shape === "cross" ? "×" : ""), say(key))));
  show(view.now);
}

function play(on) {
  if (on && view.now >= Number(element("slider").max)) view.now = Number(element("slider").min);
  view.playing = on;
  view.last = 0;
  speakMap();
  if (on) requestAnimationFrame(frame);
}

function frame(at) {
  if (!view.playing) return;
  if (view.last) view.now += Math.min(0.1, (at - view.last) / 1000) * view.speed;
  view.last = at;
  const end = Number(element("slider").max);
  if (view.now >= end) { view.now = end; play(false); return; }
  element("slider").value = view.now;
  show(view.now);
  requestAnimationFrame(frame);
}

/** Where a courier is on a trip, and the doors still ahead. */
function whereabouts(trip, now) {
  const [, , departed, ended, stops] = trip;
  const home = { x: 0, y: 0 };
  let from = home;
  let left = departed;
  for (let i = 0; i < stops.length; i += 1) {
    const [door, arrived, handed] = stops[i];
    const to = doors[door];
    if (now < arrived) return { ...between(from, to, left, arrived, now), ahead: stops.slice(i) };
    if (now < handed) return { x: to.x, y: to.y, ahead: stops.slice(i) };
    [from, left] = [to, handed];
  }
  return { ...between(from, home, left, ended, now), ahead: [] };
}

function between(from, to, begin, end, now) {
  const part = end > begin ? Math.min(1, Math.max(0, (now - begin) / (end - begin))) : 1;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function show(now) {
  view.now = now;
  const canvas = element("map");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width) return;
  const dots = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * dots) || canvas.height !== Math.round(height * dots)) {
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.clearRect(0, 0, width, height);
  view.scale = Math.min((width / 2 - 18) / span.x, (height / 2 - 18) / span.y);
  view.at = (p) => [width / 2 + p.x * view.scale, height / 2 - p.y * view.scale];
  ground(pen, width, height);
  const riding = city.trips.filter((x) => x[2] <= now && now < x[3]);
  const spots = riding.map((x) => ({ trip: x, ...whereabouts(x, now) }));
  for (const spot of spots) path(pen, spot);
  const counts = paintDoors(pen, now);
  for (const spot of spots) disc(pen, view.at(spot), 5, colour("ink"), colour("card"));
  const [x, y] = view.at({ x: 0, y: 0 });
  pen.fillStyle = colour("leaf");
  pen.strokeStyle = colour("card");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.rect(x - 7, y - 7, 14, 14);
  pen.fill();
  pen.stroke();
  board(now, { ...counts, out: riding.length });
}

function ground(pen, width, height) {
  pen.strokeStyle = colour("street");
  pen.lineWidth = 1;
  for (const line of city.streets) {
    pen.beginPath();
    for (const [lat, lng] of line) pen.lineTo(...view.at({ x: across(lng), y: up(lat) }));
    pen.stroke();
  }
  const [x, y] = view.at({ x: 0, y: 0 });
  const far = Math.max(span.x, span.y) * 1.15;
  for (const kilometre of [1, 2, 3, 4, 5]) {
    const radius = kilometre * 1000 * view.scale;
    if (kilometre > 1 && kilometre * 1000 > far) break;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
    pen.fillStyle = colour("soft");
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(`${kilometre} km`, x + radius * Math.SQRT1_2 + 4, y + radius * Math.SQRT1_2 + 4);
  }
}

function path(pen, spot) {
  pen.strokeStyle = colour("ink");
  pen.globalAlpha = 0.28;
  pen.lineWidth = 1.3;
  pen.beginPath();
  pen.moveTo(...view.at(spot));
  for (const [door] of spot.ahead) pen.lineTo(...view.at(doors[door]));
  pen.lineTo(...view.at({ x: 0, y: 0 }));
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Doors as they are known at this instant: waiting, delivered, late, lost. What is long past fades. */
function paintDoors(pen, now) {
  const counts = { waiting: 0, kept: 0, late: 0, lost: 0 };
  const [kept, late, lost, waiting, card] = ["kept", "late", "lost", "waiting", "card"].map(colour);
  const [before, after] = [[], []];
  for (const spot of doors) {
    const door = spot.door;
    if (door[ASKED] > now) continue;
    if (door[HANDED] >= 0 && door[HANDED] <= now) {
      counts[door[LATE] ? "late" : "kept"] += 1;
      before.push(spot);
    } else if (door[PLACED] >= 0 && door[PLACED] <= now && !door[LOST]) {
      counts.waiting += 1;
      after.push(spot);
    } else if (door[LOST]) {
      counts.lost += 1;
      before.push(spot);
    }
  }
  for (const { x, y, door } of before) {
    const age = now - (door[HANDED] >= 0 ? door[HANDED] : door[ASKED]);
    pen.globalAlpha = age < 1800 ? 1 : 0.45;
    if (door[LOST]) cross(pen, view.at({ x, y }), lost);
    else disc(pen, view.at({ x, y }), door[LATE] ? 3.6 : 3, door[LATE] ? late : kept, null);
  }
  pen.globalAlpha = 1;
  for (const spot of after) disc(pen, view.at(spot), 4, card, waiting);
  if (view.chosen) disc(pen, view.at(view.chosen), 8, null, colour("ink"));
  return counts;
}

function disc(pen, [x, y], radius, fill, stroke) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  if (fill) { pen.fillStyle = fill; pen.fill(); }
  if (stroke) { pen.strokeStyle = stroke; pen.lineWidth = 2; pen.stroke(); }
}

function cross(pen, [x, y], hue) {
  pen.strokeStyle = hue;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x - 3.5, y - 3.5);
  pen.lineTo(x + 3.5, y + 3.5);
  pen.moveTo(x - 3.5, y + 3.5);
  pen.lineTo(x + 3.5, y - 3.5);
  pen.stroke();
}

function board(now, counts) {
  put("clock", clock(now));
  element("slider").setAttribute("aria-valuetext", clock(now));
  element("counts").replaceChildren(...["out", "waiting", "kept", "late", "lost"].map((name) =>
    make("li", {}, say(`count_${name}`), make("b", {}, count(counts[name])))));
  if (!view.chosen) put("door", say("door_hint"));
}

/** Tell about the door nearest to the pointer, among those that can be seen. */
function choose(pointer) {
  const [px, py] = [pointer.offsetX, pointer.offsetY];
  let best = 14;
  view.chosen = null;
  for (const spot of doors) {
    if (spot.door[ASKED] > view.now) continue;
    const [x, y] = view.at(spot);
    const far = Math.hypot(x - px, y - py);
    if (far < best) [best, view.chosen] = [far, spot];
  }
  if (view.chosen) {
    const door = view.chosen.door;
    const values = {
      order: door[ID], asked: clock(door[ASKED]), promised: clock(door[PROMISED]), handed: clock(door[HANDED]), late: minutes(door[LATE]),
    };
    const key = door[LOST] ? "door_was_lost" : door[HANDED] < 0 || door[HANDED] > view.now ? "door_waits" : door[LATE] ? "door_was_late" : "door_was_kept";
    put("door", say(key, values));
  }
  show(view.now);
}
