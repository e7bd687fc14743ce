/** What is done to a photo: measured, straightened, turned. Plain functions over pixels. */
export type Point = [number, number];
export type Corners = [Point, Point, Point, Point];

export const LONGEST = 2200; // pixels of a page that is sent
const MEASURED = 1000; // pixels of the longer side at which a photo is measured
const LENS = 0.75; // of the longer side of a photo: how long the lens of a phone is
const BLURRED = 35; // variance of the Laplacian, grey levels squared
const DARK = 70; // mean grey level of the lighter half
const BURNT = 0.012; // share of the sheet that is wholly white while the paper around is not

export async function load(file: Blob): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = scaled(bitmap, bitmap.width, bitmap.height, 3000);
  bitmap.close();
  return canvas;
}

export function scaled(
  source: CanvasImageSource,
  width: number,
  height: number,
  longest: number,
): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export function toJpeg(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("jpeg"))), "image/jpeg", quality),
  );
}

function grey(canvas: HTMLCanvasElement): { data: Float32Array; width: number; height: number } {
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, width, height).data;
  const data = new Float32Array(width * height);
  if (pixels) {
    for (let at = 0; at < data.length; at += 1) {
      data[at] =
        0.299 * (pixels[at * 4] ?? 0) + 0.587 * (pixels[at * 4 + 1] ?? 0) + 0.114 * (pixels[at * 4 + 2] ?? 0);
    }
  }
  return { data, width, height };
}

/** Says what is wrong with a photo of a sheet: "blur", "glare", "dark". */
export function faults(page: HTMLCanvasElement): ("blur" | "glare" | "dark")[] {
  const { data, width, height } = grey(scaled(page, page.width, page.height, MEASURED));
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const value =
        4 * (data[at] ?? 0) - (data[at - 1] ?? 0) - (data[at + 1] ?? 0) - (data[at - width] ?? 0) - (data[at + width] ?? 0);
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  const variance = count ? squares / count - (sum / count) ** 2 : 0;
  const sorted = Float32Array.from(data).sort();
  const paper = sorted[Math.floor(sorted.length * 0.75)] ?? 0;
  const burnt = data.reduce((total, value) => total + (value >= 252 ? 1 : 0), 0) / Math.max(1, data.length);
  const found: ("blur" | "glare" | "dark")[] = [];
  if (variance < BLURRED) found.push("blur");
  if (burnt > BURNT && paper < 225) found.push("glare");
  if (paper < DARK) found.push("dark");
  return found;
}

/** Solves for the eight numbers of the projection that takes `from` to `to`. */
function projection(from: Corners, to: Corners): number[] {
  const rows: number[][] = [];
  from.forEach(([x, y], at) => {
    const [u, v] = to[at] as Point;
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  });
  for (let column = 0; column < 8; column += 1) {
    let best = column;
    for (let row = column + 1; row < 8; row += 1) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0)) best = row;
    }
    const pivot = rows[best] as number[];
    rows[best] = rows[column] as number[];
    rows[column] = pivot;
    const head = pivot[column] || 1e-12;
    for (let at = column; at < 9; at += 1) pivot[at] = (pivot[at] ?? 0) / head;
    rows.forEach((row, index) => {
      const factor = row[column] ?? 0;
      if (index === column || !factor) return;
      for (let at = column; at < 9; at += 1) row[at] = (row[at] ?? 0) - factor * (pivot[at] ?? 0);
    });
  }
  return rows.map((row) => row[8] ?? 0);
}

const far = ([ax, ay]: Point, [bx, by]: Point) => Math.hypot(ax - bx, ay - by);

/** Returns how wide a sheet is to its height, seen aslant: what is farther away looks shorter. The
 * lens is taken for that of a phone, and its middle for the middle of the photo. */
function shapeOf(photo: HTMLCanvasElement, corners: Corners): number {
  const lens = LENS * Math.max(photo.width, photo.height);
  const middle = corners.map(([x, y]) => [x - photo.width / 2, y - photo.height / 2]) as Corners;
  const [h0 = 1, h1 = 0, , h3 = 0, h4 = 1, , h6 = 0, h7 = 0] = projection([[0, 0], [1, 0], [1, 1], [0, 1]], middle);
  return Math.hypot(h0 / lens, h3 / lens, h6) / Math.hypot(h1 / lens, h4 / lens, h7);
}

/** Cuts the sheet between four corners (in pixels, from the top left clockwise) out, straightened. */
export function straightened(photo: HTMLCanvasElement, corners: Corners): HTMLCanvasElement {
  const [a, b, c, d] = corners;
  const shape = shapeOf(photo, corners);
  let width = Math.max(far(a, b), far(d, c), shape * Math.max(far(a, d), far(b, c)));
  let height = width / shape;
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  width = Math.max(16, Math.round(width * scale));
  height = Math.max(16, Math.round(height * scale));
  const map = projection([[0, 0], [width, 0], [width, height], [0, height]], corners);
  const [h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0] = map;
  const source = photo.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, photo.width, photo.height);
  const page = document.createElement("canvas");
  page.width = width;
  page.height = height;
  const pen = page.getContext("2d");
  if (!source || !pen) return photo;
  const target = pen.createImageData(width, height);
  const [from, to, row] = [source.data, target.data, photo.width * 4];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      const w = h6 * x + h7 * y + 1;
      const u = Math.min(photo.width - 2, Math.max(0, (h0 * x + h1 * y + h2) / w));
      const v = Math.min(photo.height - 2, Math.max(0, (h3 * x + h4 * y + h5) / w));
      const left = Math.floor(u);
      const top = Math.floor(v);
      const [s, t] = [u - left, v - top];
      const place = top * row + left * 4;
      for (let colour = 0; colour < 3; colour += 1) {
        const here = place + colour;
        to[at + colour] =
          ((from[here] ?? 0) * (1 - s) + (from[here + 4] ?? 0) * s) * (1 - t) +
          ((from[here + row] ?? 0) * (1 - s) + (from[here + row + 4] ?? 0) * s) * t;
      }
      to[at + 3] = 255;
    }
  }
  pen.putImageData(target, 0, 0);
  return page;
}

/** Turns a page a quarter to the right. */
export function turned(page: HTMLCanvasElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = page.height;
  canvas.height = page.width;
  const pen = canvas.getContext("2d");
  pen?.translate(canvas.width, 0);
  pen?.rotate(Math.PI / 2);
  pen?.drawImage(page, 0, 0);
  return canvas;
}
