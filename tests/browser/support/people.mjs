// Many people for little: a socket each.

import { eventually } from "./media.mjs";

/** People who are in the room as a socket each, which `host`'s page holds: a page each would be a crowd of browsers. */
export async function crowd(host, names, command) {
  const invited = await Promise.all(names.map((name) => host.server.invitation(host.room, name)));
  const address = `${host.server.url.replace("http", "ws")}/api/v1/rooms/${host.room}/socket`;
  await host.page.evaluate(
    ({ tokens, command, address }) =>
      Promise.all(
        tokens.map((token) => {
          const socket = new WebSocket(address);
          socket.onopen = () => socket.send(JSON.stringify({ type: "hello", version: 1, token }));
          return new Promise((resolve) => {
            socket.onmessage = () => {
              socket.onmessage = null;
              if (command) socket.send(JSON.stringify({ type: "command", id: 1, command }));
              resolve();
            };
          });
        }),
      ),
    { tokens: invited.map(({ token }) => token), command, address },
  );
  await eventually("everybody is in the room", async () => (await host.server.participants(host.room)).length > names.length);
}
