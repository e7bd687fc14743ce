/** What has just happened, in one line, with the way back where there is one. */
import { make } from "../shared/dom";
import type { Say } from "./texts";

export class Note {
  readonly element = make("p", "viewer-note");
  private said = "";
  private over = ""; // of a pane: stands before what was said
  private undo: (() => void) | undefined;
  private offered = false;

  constructor(private readonly say: Say) {
    this.element.setAttribute("role", "status");
  }

  tell(words: string): void {
    this.said = words;
    this.offered = false;
    this.draw();
  }

  /** Says that something was removed; its button, or Ctrl+Z, brings it back. */
  removed(undo: () => void): void {
    this.undo = undo;
    this.said = this.say("removed");
    this.offered = true;
    this.draw();
  }

  /** Says that what was removed is back, by this way or another to the same: it is offered no more. */
  restored(undo: () => void): void {
    if (this.undo === undo) this.undo = undefined;
    this.tell(this.say("restored"));
  }

  cover(words: string): void {
    if (this.over === words) return;
    this.over = words;
    this.draw();
  }

  /** Takes the last removal back; tells whether there was one. */
  takeBack(): boolean {
    const { undo } = this;
    this.undo = undefined;
    undo?.();
    return undo !== undefined;
  }

  private draw(): void {
    this.element.textContent = this.over || this.said;
    if (this.over || !this.offered) return;
    const back = make("button", "viewer-link", this.say("undo"));
    back.type = "button";
    back.addEventListener("click", () => this.takeBack());
    this.element.append(" ", back);
  }
}
