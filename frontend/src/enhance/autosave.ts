/**
 * Saves what is typed into `<form data-autosave-url>` while it is being typed.
 *
 * Only changed fields are sent. What could not be sent is tried again with growing pauses, and at once
 * when the network is back; what may not have arrived when the page is left, its tab remembers
 * (`left`). Contract: see frontend/README.md.
 */
import { make } from "../shared/dom";
import { cameBack, fill, forget, forgetSent, recall, remember } from "./left";
import { handTabOn, nextSaving, startTab } from "./tab";

const QUIET = 800; // ms without typing before a save
const LONGEST_PAUSE = 60_000;
const PATIENCE = 30_000; // ms for one save before it counts as broken
const KEEPALIVE_LIMIT = 60_000; // bytes; browsers refuse larger bodies when the page is leaving

type State = "saving" | "saved" | "failed" | "conflict";
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What a save answers: the revision, and what other windows have changed since the page's own. */
interface Answer {
  saved_at?: string;
  revision?: string | number;
  elsewhere?: Record<string, string>;
}

const savers = new WeakMap<HTMLFormElement, Saver>();
const live = new Set<Saver>();

class Saver {
  private changed = new Set<string>();
  private sending = new Set<string>();
  private timer = 0;
  private pause = 0;
  private current: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly form: HTMLFormElement) {}

  /** True while something typed is not known to be on the server. */
  get unsaved(): boolean {
    return this.changed.size + this.sending.size > 0;
  }

  note(name: string): void {
    this.changed.add(name);
    if (this.stopped || this.form.dataset.autosaveState === "failed") this.keep();
    if (!this.stopped) this.later(QUIET);
  }

  /** Goes on from what this page had not saved for certain when its tab left it. */
  resume(): void {
    const left = recall(this.url);
    const base = this.base;
    if (!left || !base) return;
    forget(this.url);
    if (left.base !== base.value && !left.unsure) return; // it has arrived
    base.value = left.base;
    fill(this.form, left.values);
    for (const name of Object.keys(left.values)) this.changed.add(name);
    this.stopped = false;
    this.later(0);
  }

  /** Lets the tab remember what is not known to have arrived. */
  private keep(sent = false): void {
    const all = new FormData(this.form);
    const names = [...this.sending, ...this.changed];
    const base = this.base?.value;
    if (base === undefined || !names.length) return;
    const failed = this.form.dataset.autosaveState === "failed" || !navigator.onLine || this.sending.size > 0;
    remember(this.url, {
      base,
      values: Object.fromEntries(
        names.map((name) => [name, all.getAll(name).filter((each) => typeof each === "string")]),
      ),
      unsure: this.stopped || (failed && !sent), // what a form has sent, the revision tells
      sent,
    });
  }

  later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), wait);
  }

  /** The save that is under way, if any. */
  get underWay(): Promise<void> | undefined {
    return this.sending.size ? this.current : undefined;
  }

  /** The form itself is being sent: leave everything to it. */
  handOver(): void {
    clearTimeout(this.timer);
    this.keep(true);
    this.changed.clear();
    const known = this.form.querySelector<HTMLInputElement>("input[name=autosave_id]");
    const saving = known ?? this.form.appendChild(make("input"));
    Object.assign(saving, { type: "hidden", name: "autosave_id", value: nextSaving() });
  }

  again(): void {
    if (this.changed.size && !this.stopped) {
      this.pause = 0;
      this.later(0);
    }
  }

  /** The page is going away: send what is left in a request that outlives it. */
  leave(): void {
    if (!this.form.isConnected) return;
    if (this.unsaved) this.keep();
    if (!this.changed.size || this.stopped) return;
    clearTimeout(this.timer);
    if (!this.sending.size) {
      void this.save();
      return;
    }
    // A save is under way and may be cut off: send its fields again with the new ones.
    const body = this.body(new Set([...this.sending, ...this.changed]));
    if (navigator.sendBeacon(this.url, body)) this.changed.clear();
  }

  save(): Promise<void> {
    clearTimeout(this.timer);
    const nothing = this.sending.size || !this.changed.size || this.stopped;
    if (nothing || !this.form.isConnected) return Promise.resolve();
    this.current = this.send();
    return this.current;
  }

  private async send(): Promise<void> {
    this.sending = this.changed;
    this.changed = new Set();
    this.show("saving");
    const body = this.body(this.sending);
    let outcome: "saved" | "conflict" | "refused" | "broken" = "broken";
    let answer: Answer = {};
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
        keepalive: body.toString().length < KEEPALIVE_LIMIT,
        headers: { Accept: "application/json" },
      });
      if (response.ok && !response.redirected) {
        answer = await response.json();
        outcome = "saved";
      } else if (response.status === 409) {
        outcome = "conflict";
        answer = await response.json().catch(() => ({}));
      }
      else if (response.status === 400 || response.status === 422) outcome = "refused";
    } catch {
      outcome = "broken";
    }
    const sent = this.sending;
    this.sending = new Set();
    if (outcome === "saved") {
      this.pause = 0;
      this.rebase(answer);
      forget(this.url);
      if (this.changed.size) this.later(QUIET);
      else this.show("saved", answer.saved_at);
      return;
    }
    for (const name of sent) this.changed.add(name);
    if (outcome === "conflict") {
      // Where the other text is known, it is shown beside what was typed, and typing goes on.
      this.stopped = !this.rebase(answer);
      this.show("conflict");
      return;
    }
    this.show("failed");
    if (outcome === "broken") {
      this.pause = Math.min(this.pause ? this.pause * 2 : 2000, LONGEST_PAUSE);
      this.later(this.pause * (0.8 + Math.random() * 0.4));
    }
  }

  /** Goes on from what another window has written; tells whether this page holds all of it now. */
  private rebase({ revision, elsewhere = {} }: Answer): boolean {
    const base = this.base;
    if (revision === undefined || !base) return false;
    for (const [name, text] of Object.entries(elsewhere)) {
      const field = this.form.elements.namedItem(name);
      if (field === null) continue; // not on this page
      // A list of codes has boxes of one name, and no one value: it is not written anew here.
      const radios = field instanceof RadioNodeList && [...field].every((each) => (each as HTMLInputElement).type === "radio");
      if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement || radios)) return false;
      if (field.value === text) continue;
      if (!this.changed.has(name)) field.value = text;
      else if (field instanceof HTMLTextAreaElement) this.beside(field, text);
    }
    base.value = String(revision);
    return true;
  }

  /** Shows under a field what another window has written in it. */
  private beside(field: HTMLTextAreaElement, text: string): void {
    const known = field.nextElementSibling;
    const place = known?.matches("[data-other]") ? known : make("div", "notice");
    place.setAttribute("data-other", "");
    const words = make("p", "pre", text);
    words.dir = "auto";
    place.replaceChildren(make("p", "", this.form.dataset.otherWindow ?? ""), words);
    field.after(place);
  }

  private get base(): HTMLInputElement | undefined {
    const base = this.form.elements.namedItem("base_revision");
    return base instanceof HTMLInputElement ? base : undefined;
  }

  private get url(): string {
    return this.form.dataset.autosaveUrl ?? "";
  }

  private body(names: Set<string>): URLSearchParams {
    const all = new FormData(this.form);
    const body = new URLSearchParams();
    for (const fixed of ["csrfmiddlewaretoken", "base_revision"]) {
      const value = all.get(fixed);
      if (typeof value === "string") body.set(fixed, value);
    }
    body.set("autosave_id", nextSaving());
    for (const name of names) {
      const values = all.getAll(name).filter((value) => typeof value === "string");
      // An unticked box is absent from a form's data: say so with an empty value.
      for (const value of values.length ? values : [""]) body.append(name, value as string);
    }
    return body;
  }

  private show(state: State, savedAt?: string): void {
    this.form.dataset.autosaveState = state;
    const place =
      this.form.querySelector<HTMLElement>("[data-autosave-status]") ??
      document.querySelector<HTMLElement>("[data-autosave-status]");
    if (!place) return;
    const when = savedAt ? new Date(savedAt) : new Date();
    const time = when.toLocaleTimeString(document.documentElement.lang || undefined, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23", // as the times that the server writes
    });
    place.textContent = (place.dataset[state] ?? "").replace("{time}", time);
    place.dataset.state = state;
    if (!place.hasAttribute("role")) place.setAttribute("role", "status");
  }
}

function saverOf(form: HTMLFormElement): Saver {
  let saver = savers.get(form);
  if (!saver) {
    saver = new Saver(form);
    savers.set(form, saver);
    live.add(saver);
  }
  return saver;
}

function noticed(event: Event): void {
  const field = event.target as Field;
  const form = field?.form;
  if (!form?.dataset.autosaveUrl || !field.name || field.dataset.noAutosave !== undefined) return;
  if (["file", "password", "submit", "button"].includes(field.type)) return;
  if (["csrfmiddlewaretoken", "base_revision"].includes(field.name)) return;
  saverOf(form).note(field.name);
}

export function startAutosave(): void {
  document.addEventListener("input", noticed);
  document.addEventListener("change", noticed);
  document.addEventListener(
    "submit",
    (event) => {
      // A save under way would make the form's own revision stale: wait for it, then send.
      const form = event.target as HTMLFormElement;
      const underWay = savers.get(form)?.underWay;
      if (!underWay) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void underWay.then(() => form.requestSubmit(event.submitter));
    },
    true,
  );
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!event.defaultPrevented) savers.get(form)?.handOver();
  });
  addEventListener("online", () => live.forEach((saver) => saver.again()));
  addEventListener("pagehide", () => {
    live.forEach((saver) => saver.leave());
    handTabOn();
  });
  startTab();
  if (!cameBack()) forgetSent();
  const resume = (): void => {
    document.querySelectorAll<HTMLFormElement>("form[data-autosave-url]").forEach((form) => saverOf(form).resume());
  };
  resume();
  addEventListener("pageshow", (event) => {
    if (event.persisted) resume();
  });
  document.addEventListener("visibilitychange", () => {
    live.forEach((saver) => (document.hidden ? saver.leave() : saver.again()));
  });
  addEventListener("beforeunload", (event) => {
    // Ask only when the last save failed; otherwise leave() sends the rest.
    const failed = document.querySelector("[data-autosave-state=failed],[data-autosave-state=conflict]");
    if (failed && [...live].some((saver) => saver.unsaved)) event.preventDefault();
  });
}
