/**
 * Brings frames: as they are stored where the browser decodes them truly, else decoded without loss
 * by the server (PS3.18 8.7.3.5.2: the client names the transfer syntax that it accepts).
 */
import { metaData, registerImageLoader, type Types } from "@cornerstonejs/core";
import { init, wadors } from "@cornerstonejs/dicom-image-loader";
import type { Metadata } from "./metadata";
import type { Frame } from "./series";

const NATIVE = "1.2.840.10008.1.2.1";
const DECODED = `multipart/related; type="application/octet-stream"; transfer-syntax=${NATIVE}`;
const UNCOMPRESSED = new Set(["1.2.840.10008.1.2", NATIVE, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"]);
// Decoded by the browser with other values than they hold: 12-bit JPEG.
const NOT_HERE = new Set(["1.2.840.10008.1.2.4.51"]);

const byServer = new Set<string>(); // series whose frames the server decodes
const decoded = new Set<string>(); // image ids that came decoded
const reasons = new Map<string, { status?: number; said: string }>();
const known = new Map<string, Frame>();

const DAMAGED = "damaged";
const OTHER_KIND = "another kind of picture";

const seriesOf = (imageId: string): string => imageId.split("/instances/")[0]!;

function storedAs(imageId: string): string {
  const found = metaData.get("transferSyntax", imageId) as { transferSyntaxUID?: string } | undefined;
  return found?.transferSyntaxUID ?? "";
}

/** Why an image cannot be shown: the viewer's word for it, and what a technician asks for. */
export function reasonOf(imageId: string): { key: string; detail: string } {
  const { status = 0, said = "" } = reasons.get(imageId) ?? {};
  const syntax = storedAs(imageId);
  const key =
    said === OTHER_KIND ? "other_kind"
    : status === 404 ? "no_picture"
    : status !== 406 && said !== DAMAGED ? "not_arrived"
    : UNCOMPRESSED.has(syntax) ? "cut_off"
    : "damaged";
  return { key, detail: [syntax, status || said].filter(Boolean).join(": ") };
}

const COLOURS = new Set([
  "MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT", "PALETTE COLOR",
]);
const BITS = new Set([1, 8, 16]);

/** What the image loader would show with other values, or never finish, is refused beforehand. */
function unfit(imageId: string): boolean {
  const pixels = metaData.get("imagePixelModule", imageId) as
    | { photometricInterpretation?: string; bitsAllocated?: number; redPaletteColorLookupTableData?: unknown[] }
    | undefined;
  if (!pixels) return false;
  const { photometricInterpretation = "", bitsAllocated = 0 } = pixels;
  const palette = photometricInterpretation !== "PALETTE COLOR" || pixels.redPaletteColorLookupTableData;
  return !COLOURS.has(photometricInterpretation) || !BITS.has(bitsAllocated) || !palette;
}

/** A decoder that stumbles over a damaged stream says nothing: what it made is looked at. */
function whole(image: Types.IImage): Types.IImage {
  const known = metaData.get("imagePixelModule", image.imageId) as { rows?: number; columns?: number } | undefined;
  const length = (known?.rows ?? 0) * (known?.columns ?? 0);
  const { minPixelValue, maxPixelValue } = image;
  const values = Number.isFinite(minPixelValue) && Number.isFinite(maxPixelValue) && minPixelValue <= maxPixelValue;
  if (!values || image.getPixelData().length < length) throw new Error(DAMAGED);
  return image;
}

function load(imageId: string, options?: object): { promise: Promise<Types.IImage> } {
  const bring = async () => whole(await (wadors.loadImage(imageId, options as never).promise as Promise<Types.IImage>));
  const attempt = async (): Promise<Types.IImage> => {
    const series = seriesOf(imageId);
    if (unfit(imageId)) {
      reasons.set(imageId, { said: OTHER_KIND });
      throw new Error(OTHER_KIND);
    }
    if (NOT_HERE.has(storedAs(imageId))) byServer.add(series);
    if (!byServer.has(series)) {
      try {
        return await bring();
      } catch {
        byServer.add(series);
      }
    }
    try {
      return await bring();
    } catch (error) {
      const { status, message } = error as { status?: number; message?: string };
      reasons.set(imageId, { ...(status ? { status } : {}), said: message ?? "" });
      throw error;
    }
  };
  return { promise: attempt() };
}

export function startLoader(): void {
  init({
    maxWebWorkers: Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2))),
    beforeSend: (_xhr, imageId): Record<string, string> =>
      byServer.has(seriesOf(imageId)) ? { Accept: DECODED } : {},
    beforeProcessing: (xhr) => {
      const type = new TextDecoder().decode((xhr.response as ArrayBuffer).slice(0, 300));
      const imageId = `wadors:${xhr.responseURL}`;
      const stored = storedAs(imageId);
      if (stored && !UNCOMPRESSED.has(stored) && type.includes(`transfer-syntax=${NATIVE}`)) decoded.add(imageId);
      return Promise.resolve(xhr.response as ArrayBuffer);
    },
  });
  registerImageLoader("wadors", load as never);
  // The library leaves a second copy of a refused request that nobody hears: it is said at the image.
  addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof XMLHttpRequest) event.preventDefault();
  });
  // What the server decodes comes in RGB, whatever its headers say of the compressed form.
  metaData.addProvider((type: string, imageId: unknown) => {
    if (type !== "imagePixelModule" || typeof imageId !== "string" || !decoded.has(imageId)) return undefined;
    const told = wadors.metaData.metaDataProvider(type, imageId) as Record<string, unknown> | undefined;
    if (!told || !String(told.photometricInterpretation).startsWith("YBR")) return undefined;
    return { ...told, photometricInterpretation: "RGB", planarConfiguration: 0 };
  }, 20_000);
}

/** Palettes travel as base64 in DICOM JSON (PS3.18 F.2.7); the loader reads numbers. */
function palettes(metadata: Metadata): void {
  for (const tag of ["00281201", "00281202", "00281203"]) {
    const table = metadata[tag] as { InlineBinary?: string; Value?: number[] } | undefined;
    if (!table?.InlineBinary || table.Value) continue;
    const bytes = Uint8Array.from(atob(table.InlineBinary), (each) => each.charCodeAt(0));
    const words = new DataView(bytes.buffer);
    table.Value = Array.from({ length: bytes.length >> 1 }, (_, index) => words.getUint16(2 * index, true));
  }
}

/** Hand the loader what it must know of each frame before it is asked for. */
export function describe(frames: Frame[]): void {
  for (const each of frames) {
    const { imageId, frame, metadata } = each;
    known.set(imageId, each);
    // A multi-frame instance is described once, at its first frame.
    if (frame === 1) {
      palettes(metadata);
      wadors.metaDataManager.add(imageId, metadata as never);
    }
  }
}

/** The frame of an image id that has been described. */
export function frameOf(imageId: string): Frame | undefined {
  return known.get(imageId);
}
