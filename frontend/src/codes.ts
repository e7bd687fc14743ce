/** Codes of diagnoses and findings: searched while one types (WAI-ARIA combobox), chosen, put in order. */
import "./codes.css";
import { make } from "./shared/dom";

const QUIET = 120; // ms without typing before a search
const FEWEST = 2; // letters

interface Hit {
  value: string;
  system: string;
  code: string;
  label: string;
  by: string;
  lay: boolean;
}

/** English words that keep their order in a line of another direction. */
function english(className: string, text: string): HTMLElement {
  const element = make("bdi", className, text);
  element.lang = "en";
  element.dir = "ltr";
  return element;
}

class Codes {
  private readonly input: HTMLInputElement;
  private readonly list = make("ul");
  private readonly said = make("p", "hidden-visually");
  private readonly chosen: HTMLOListElement;
  private hits: Hit[] = [];
  private at = -1;
  private timer = 0;
  private asking: AbortController | undefined;

  constructor(private readonly field: HTMLFieldSetElement) {
    this.input = field.querySelector<HTMLInputElement>("input[aria-describedby]")!;
    this.chosen = field.querySelector<HTMLOListElement>(".chosen")!;
    field.querySelector("button[name=find]")?.remove();
    this.input.removeAttribute("name"); // what is searched is no part of the report
    this.list.id = `${this.input.id}-list`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.querySelector("legend")?.textContent ?? "");
    this.list.hidden = true;
    this.said.setAttribute("role", "status");
    this.input.after(this.list);
    field.append(this.said);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.search(), QUIET);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
    this.list.addEventListener("click", (event) => {
      const option = (event.target as HTMLElement).closest("[role=option]");
      if (option) this.take([...this.list.children].indexOf(option));
    });
    this.dress();
  }

  private get words(): DOMStringMap {
    return this.field.dataset;
  }

  private async search(): Promise<void> {
    this.asking?.abort();
    const typed = this.input.value.trim();
    if (typed.length < FEWEST) {
      this.close();
      this.said.textContent = "";
      return;
    }
    const asking = (this.asking = new AbortController());
    const body = new URLSearchParams({ words: typed });
    const token = this.field.form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
    body.set("csrfmiddlewaretoken", token?.value ?? "");
    try {
      const answer = await fetch(this.words.url ?? "", {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(((await answer.json()) as { hits: Hit[] }).hits);
    } catch {
      if (asking.signal.aborted) return;
      this.close();
      this.note(this.words.failed);
    }
  }

  /** Says something to everybody, in place of the list. */
  private note(text = ""): void {
    this.said.textContent = text;
    this.said.className = "hint";
  }

  private show(hits: Hit[]): void {
    this.hits = hits;
    this.list.replaceChildren(...hits.map((hit, place) => this.option(hit, place)));
    if (!hits.length) {
      this.close();
      this.note(this.words.nothing);
      return;
    }
    this.said.className = "hidden-visually";
    this.said.textContent = (this.words.found ?? "").replace("{count}", String(hits.length));
    this.list.hidden = document.activeElement !== this.input;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.scrollTop = 0;
    this.list.scrollIntoView({ block: "nearest" });
    this.point(0);
  }

  private option(hit: Hit, place: number): HTMLLIElement {
    const option = make("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    const more = make("small");
    more.append(english("whole", `${hit.system} ${hit.code}`));
    if (hit.by) more.append(" · ", english("", hit.by), hit.lay ? ` (${this.words.plain})` : "");
    option.append(english("", hit.label), more);
    return option;
  }

  private point(at: number): void {
    this.at = at;
    [...this.list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === at));
    });
    const option = this.list.children[at];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", option.id);
    const { offsetTop, offsetHeight } = option as HTMLElement;
    if (offsetTop < this.list.scrollTop) this.list.scrollTop = offsetTop;
    const below = offsetTop + offsetHeight - this.list.clientHeight;
    if (below > this.list.scrollTop) this.list.scrollTop = below;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "Enter") {
      event.preventDefault(); // the report is not sent from here
      if (open) this.take(this.at);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        void this.search();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.point((this.at + step + this.hits.length) % this.hits.length);
    }
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }

  private take(place: number): void {
    const hit = this.hits[place];
    if (!hit) return;
    this.input.value = "";
    this.close();
    const there = [...this.chosen.querySelectorAll("input")];
    if (there.some((box) => box.value === hit.value)) return;
    const box = make("input");
    box.type = "hidden";
    box.name = this.words.field ?? "";
    box.value = hit.value;
    const name = make("span", "code-name");
    const shown = make("small", "hint");
    shown.append(english("whole", `${hit.system} ${hit.code}`));
    name.append(english("", hit.label), " ", shown);
    const label = make("label");
    label.append(box, " ", name);
    const row = make("li");
    row.append(label);
    this.chosen.append(row);
    this.changed();
  }

  /** Gives every chosen code its buttons, and the first its rank. */
  private dress(): void {
    [...this.chosen.children].forEach((row, place) => {
      row.querySelectorAll(".tag, button").forEach((old) => old.remove());
      row.querySelector("input")!.type = "hidden"; // its button takes a code out, not a box
      const label = row.querySelector("bdi")?.textContent ?? "";
      if (place === 0 && this.words.main) row.append(make("span", "tag", this.words.main), " ");
      if (place > 0) row.append(this.button(this.words.up, label, () => this.move(row)));
      row.append(this.button(this.words.remove, label, () => this.remove(row)));
    });
  }

  private button(text = "", of: string, press: () => void): HTMLButtonElement {
    const button = make("button", "link", text);
    button.type = "button";
    button.setAttribute("aria-label", `${text}: ${of}`);
    button.addEventListener("click", press);
    return button;
  }

  private move(row: Element): void {
    row.previousElementSibling?.before(row);
    this.changed();
    row.querySelector("button")?.focus();
  }

  private remove(row: Element): void {
    row.remove();
    this.changed();
    this.input.focus();
  }

  private changed(): void {
    this.dress();
    // The input that is always there says to autosave that the codes have changed.
    const first = this.field.querySelector<HTMLInputElement>("input[type=hidden]");
    first?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.querySelectorAll<HTMLFieldSetElement>("fieldset[data-codes]").forEach((field) => new Codes(field));
