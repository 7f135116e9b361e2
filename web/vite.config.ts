import { defineConfig } from "vite";

export default defineConfig({
  // The server serves index.html under `/` and `/r/{room}` alike, and the files it names under `/assets/`.
  base: "/",
  build: {
    outDir: "dist",
    assetsDir: "assets",
    target: ["chrome123", "firefox128", "safari17.5"],
    // Everything stays a file of its own: the server's content security policy knows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } },
  },
});
