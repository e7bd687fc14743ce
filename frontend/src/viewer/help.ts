/** The keys, in one table: what they do, and the help that shows them. */
import { make } from "../shared/dom";
import type { Say } from "./texts";

export interface Key {
  keys: string[]; // as KeyboardEvent.key says them
  word: string; // of the help
  press: (key: string) => void;
}

const SHOWN: Record<string, string> = {
  ArrowDown: "↓", ArrowUp: "↑", ArrowRight: "→", ArrowLeft: "←", " ": "␣", Delete: "Del", Escape: "Esc",
  PageDown: "PgDn", PageUp: "PgUp",
};

export class Help {
  readonly element = make("dialog", "viewer-help");

  constructor(keys: Key[], say: Say) {
    const table = make("table");
    const body = make("tbody");
    table.append(body);
    for (const { keys: names, word } of keys) {
      const row = make("tr");
      const head = make("th");
      head.scope = "row";
      for (const name of names) head.append(make("kbd", "", SHOWN[name] ?? name), " ");
      row.append(head, make("td", "", say(word)));
      body.append(row);
    }
    const shut = make("button", "viewer-button", say("close"));
    shut.type = "button";
    shut.addEventListener("click", () => this.element.close());
    this.element.setAttribute("aria-label", say("help"));
    this.element.append(make("h3", "", say("help")), make("p", "", say("mouse")), make("p", "", say("touch")), table, shut);
  }

  toggle(): void {
    if (this.element.open) this.element.close();
    else this.element.showModal();
  }
}
