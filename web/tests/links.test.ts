import { expect, it } from "vitest";
import { piecesOf } from "../src/model/links";

it.each([
  ["no address", ["no address"]],
  ["see https://example.edu/a?b=c#d, please", ["see ", "<https://example.edu/a?b=c#d>", ", please"]],
  ["(http://example.edu).", ["(", "<http://example.edu>", ")."]],
  ["https://a.example https://b.example", ["<https://a.example>", " ", "<https://b.example>"]],
  ["javascript:alert(1) data:text/html,x", ["javascript:alert(1) data:text/html,x"]],
  ["https:// is none", ["https:// is none"]],
  ['<a href="https://x.example">', ['<a href="', "<https://x.example>", '">']],
  ["", []],
])("%j is %j", (text, pieces) => {
  expect(piecesOf(text).map(({ text: piece, href }) => (href === undefined ? piece : `<${href}>`))).toEqual(pieces);
});
