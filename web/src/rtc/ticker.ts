/** A clock in a worker: browsers slow down the timers of a page that nobody looks at, and people on stage look at other pages. */

self.onmessage = ({ data }: MessageEvent<number>) => {
  self.setTimeout(() => self.postMessage(null), data);
};
