// Builds the islands into a temporary folder and compares them with the committed files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const committed = join(import.meta.dirname, "../secondopinion/web/static/islands");
const fresh = mkdtempSync(join(tmpdir(), "islands-"));
const files = (folder) =>
  readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile()).sort();
try {
  execFileSync("npx", ["vite", "build", "--outDir", fresh, "--logLevel", "error"], { stdio: "inherit" });
  const [old, made] = [files(committed), files(fresh)];
  const same =
    JSON.stringify(old) === JSON.stringify(made) &&
    old.every((name) => readFileSync(join(committed, name)).equals(readFileSync(join(fresh, name))));
  if (!same) {
    console.error("The built islands do not match their source: run make frontend and commit the result.");
    console.error(old.filter((name) => !made.includes(name)).map((name) => `- ${relative(".", name)}`).join("\n"));
    process.exit(1);
  }
} finally {
  rmSync(fresh, { recursive: true });
}
