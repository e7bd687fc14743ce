/** The first image as the server draws it: looked at while the large part is still on its way. */
import { make } from "../shared/dom";
import { line } from "./metadata";
import { addressOf, others, type Row } from "./series";
import { wordsOf } from "./texts";

/** Shows the image with which the viewer will open, under the same name and in the same place. */
export async function glance(root: HTMLElement, base: string, row: Row): Promise<void> {
  if (!row.opening?.whose.length) return; // never a picture without its name
  const { instance, frame: number, whose } = row.opening;
  const picture = make("img", "viewer-glance");
  picture.alt = "";
  picture.src = `${addressOf(base, row)}/instances/${instance}/frames/${number}/rendered?accept=image/png`;
  await picture.decode();
  if (root.querySelector(".viewer-stage")) return; // the large part was quicker
  const [head, body, panel, stage, pane, name, frame] = (
    ["head", "body", "series", "stage", "pane", "who", "frame"] as const
  ).map((part) => make("div", `viewer-${part}`));
  name!.append(...line(whose), ...others(row, wordsOf(root)));
  frame!.append(picture);
  pane!.append(name!, frame!);
  stage!.append(pane!);
  body!.append(panel!, stage!);
  root.replaceChildren(head!, body!);
  root.dataset.seen = "1";
}
