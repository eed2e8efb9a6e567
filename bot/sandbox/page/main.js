// Keeps the page in step with the sandbox: the state once, then every change.

import { get, post } from "./api.js";
import { clock, day, el, icon, showTimesIn } from "./dom.js";
import { Inbox } from "./inbox.js";
import { Phone } from "./phone.js";

const phones = new Map();
const byId = (id) => document.getElementById(id);

const inbox = new Inbox(byId("post"), byId("inbox"));

const page = {
  languages: [],
  username: "",
  googleLinks: null,
  screens: new EventTarget(),
  step: (phone, by) => {
    const all = [...phones.values()];
    all.at((all.indexOf(phone) + by) % all.length).enter();
  },
  leave: () => byId("tools").focus(),
  people: () => [...phones.values()].map((phone) => phone.person),
  botLink: () => `https://t.me/${page.username}`,
  isOwnLink: (url) => new RegExp(`^(https?://)?(t|telegram)\\.me/${page.username}([/?]|$)|^tg://resolve\\?domain=${page.username}\\b`, "i").test(url),
  isGoogleLink: (url) => page.googleLinks !== null && url.startsWith(page.googleLinks),
  enlarge: (url) => {
    byId("lightbox").querySelector("img").src = url;
    byId("lightbox").showModal();
  },
};

// -- applying what the sandbox says -------------------------------------------------------------------------

function applyState(state) {
  page.languages = state.languages;
  page.username = state.bot.username;
  document.title = `${state.bot.name} · Telegram sandbox`;
  byId("title").textContent = state.bot.name;
  showTimesIn(state.timezone);
  for (const { messages, ...person } of state.people) {
    applyPerson(person);
    phones.get(person.id).showAll(messages);
  }
  applySurroundings(state);
}

function applyPerson(person) {
  const phone = phones.get(person.id);
  if (phone) {
    phone.update(person);
    return;
  }
  const added = new Phone(person, page);
  phones.set(person.id, added);
  byId("phones").append(added.root);
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  if (document.body.dataset.ready) added.root.scrollIntoView({ behavior, inline: "center", block: "nearest" });
}

function applySurroundings({ about, actions, google_links, guide, mails, now, posters }) {
  page.googleLinks = google_links;
  byId("about").textContent = about;
  aheadSeconds = now - Date.now() / 1000;
  showNow();
  showActions(actions);
  inbox.show(mails);
  byId("guide").hidden = guide.length === 0 && posters.length === 0;
  showGuide(guide.map((step) => ({ ...step, done: step.done || ticked.has(step.text) })));
  byId("counter").hidden = posters.length === 0;
  byId("posters").replaceChildren(...posters.map(poster));
}

function showGuide(guide) {
  const current = guide.findIndex((step) => !step.done);
  byId("steps").replaceChildren(...guide.map((step, index) => guideStep(step, index, index === current, guide)));
  byId("steps").querySelector(".current")?.scrollIntoView({ block: "nearest" });
}

function guideStep(step, index, isCurrent, guide) {
  const who = step.who && el("strong", {}, step.who);
  const done = step.done && el("span", { class: "visually-hidden" }, " (done)");
  return el("li", { class: step.done ? "done" : isCurrent ? "current" : "", "aria-current": isCurrent && "step" },
    tick(step, index, guide), el("span", {}, who, step.text, done));
}

// A step that the sandbox cannot tell to be done is ticked off by hand, until the page is closed.
const ticked = new Set(JSON.parse(sessionStorage.getItem("ticked") ?? "[]"));

function tick(step, index, guide) {
  if (step.done) return el("span", { class: "tick", "aria-hidden": "true" }, icon("check"));
  if (!step.by_hand) return el("span", { class: "tick", "aria-hidden": "true" }, String(index + 1));
  const check = () => {
    ticked.add(step.text);
    sessionStorage.setItem("ticked", JSON.stringify([...ticked]));
    showGuide(guide.map((each) => ({ ...each, done: each.done || ticked.has(each.text) })));
  };
  return el("button", { type: "button", class: "tick", title: "Tick off", "aria-label": `Tick off step ${index + 1}`, onclick: check }, String(index + 1));
}

function poster({ label, picture }) {
  return el("button", { type: "button", class: "poster", onclick: () => page.enlarge(picture) },
    el("img", { src: picture, alt: `${label}: enlarge` }), el("span", {}, label));
}

// -- the tools: the clock of the chats, and the actions -----------------------------------------------------

let aheadSeconds = 0;

function showNow() {
  const seconds = Date.now() / 1000 + aheadSeconds;
  byId("now").textContent = `${day(seconds)}, ${clock(seconds)}`;
}

let shown = "[]";

function showActions(actions) {
  if (JSON.stringify(actions) === shown) return;
  shown = JSON.stringify(actions);
  for (const node of document.querySelectorAll(".action, .tool-group:not(#adding)")) node.remove();
  for (const { label, group } of actions) toolGroup(group).append(actionButton(label));
}

function toolGroup(name) {
  const found = document.querySelector(`.tool-group[aria-label=${CSS.escape(name)}]`);
  if (found) return found;
  const added = el("div", { class: "tool-group", role: "group", "aria-label": name }, el("span", { "aria-hidden": "true" }, name));
  byId("adding").before(added);
  return added;
}

function actionButton(label) {
  const press = async ({ currentTarget: button }) => {
    button.disabled = true;
    byId("refused").textContent = "";
    await post("/sandbox/actions", { label }).catch((error) => { byId("refused").textContent = error.message; });
    button.disabled = false;
    (button.isConnected ? button : byId("add")).focus();
  };
  return el("button", { type: "button", class: "tool action", onclick: press }, label);
}

function apply(change) {
  const phone = phones.get(change.person);
  switch (change.kind) {
    case "person": applyPerson(change.person); break;
    case "people": change.people.forEach(applyPerson); break;
    case "message":
      phone?.show(change.id, change.message);
      page.screens.dispatchEvent(new Event("change"));
      break;
    case "answer": phone?.answer(change); break;
    case "surroundings": applySurroundings(change); break;
  }
}

// -- listening ----------------------------------------------------------------------------------------------

function listen() {
  const source = new EventSource("/sandbox/events");
  let waiting = [];
  source.addEventListener("ready", async () => {
    waiting = [];
    const state = await get("/sandbox/state").catch(() => null);
    if (!state) return;
    applyState(state);
    waiting.forEach(apply);
    waiting = null;
    byId("connection").hidden = true;
    document.body.dataset.ready = "true";
  });
  source.addEventListener("message", (event) => {
    const change = JSON.parse(event.data);
    if (waiting) waiting.push(change); else apply(change);
  });
  source.addEventListener("error", () => {
    waiting = [];
    byId("connection").hidden = false;
  });
}

// -- the frame of the page ----------------------------------------------------------------------------------

byId("add").addEventListener("click", () => post("/sandbox/people", {}));
byId("lightbox").addEventListener("click", () => byId("lightbox").close());
if (matchMedia("(max-width: 900px)").matches) byId("guide").open = false;
setInterval(showNow, 1000);
listen();
