import { defineConfig } from "vite";
import blur from "@twilio/video-processors/package.json" with { type: "json" };

/** Its files name one another, so they keep their names; the version tells them apart from what browsers have kept of an older one. */
const BLUR = "@twilio/video-processors";

/**
 * The room is built by itself, and what stands before it (`--mode doors`: a platform's launch, the operator's setup) after it: what they share
 * would otherwise be a file of its own, and the room's first load one request more.
 */
const DOORS = "doors";

export default defineConfig(({ mode }) => ({
  // The server serves index.html under `/` and `/r/{room}` alike, and the files it names under `/assets/`.
  base: "/",
  build: {
    outDir: "dist",
    emptyOutDir: mode !== DOORS,
    assetsDir: "assets",
    target: ["chrome123", "firefox128", "safari17.5"],
    // Everything stays a file of its own: the server's content security policy knows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      ...(mode === DOORS && { input: ["launch.html", "setup.html"] }),
      output: {
        // What the first load needs is one file: small ones cost a request each, and pack badly.
        ...(mode !== DOORS && { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } }),
        assetFileNames: ({ originalFileNames }: { originalFileNames: string[] }) =>
          originalFileNames.some((name) => name.includes(BLUR)) ? `assets/blur-${blur.version}/[name][extname]` : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true }, "/lti": { target: "http://127.0.0.1:8080" } },
  },
}));
