import { describe, expect, it } from "vitest";
import { chooseCodecs } from "../src/rtc/codecs";
import { offerRepair } from "../src/rtc/connection";
import { neededHeight } from "../src/rtc/shown";
import { meterLevel } from "../src/rtc/level";
import { backoff } from "../src/signal/backoff";

describe("backoff", () => {
  it("doubles from half a second to five, with jitter in the upper half", () => {
    expect([0, 1, 2, 3, 4, 50].map((attempt) => backoff(attempt, 1))).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
    expect([0, 4].map((attempt) => backoff(attempt, 0))).toEqual([250, 2500]);
  });
});

describe("codecs", () => {
  const known = [
    { mimeType: "video/rtx" },
    { mimeType: "video/VP9", sdpFmtpLine: "profile-id=2" },
    { mimeType: "video/VP9", sdpFmtpLine: "profile-id=0" },
    { mimeType: "video/AV1", sdpFmtpLine: "level-idx=5;profile=1;tier=0" },
    { mimeType: "video/AV1", sdpFmtpLine: "level-idx=5;profile=0;tier=0" },
    { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f" },
    { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" },
    { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f" },
    { mimeType: "video/VP8" },
    { mimeType: "video/ulpfec" },
    { mimeType: "video/red" },
  ];

  it("are the stage's, in its order, with retransmission", () => {
    const chosen = chooseCodecs(known, "video");
    expect(chosen.map((codec) => codec.mimeType)).toEqual(["video/VP8", "video/H264", "video/VP9", "video/AV1", "video/rtx"]);
    expect(chosen[2]?.sdpFmtpLine).toBe("profile-id=0");
  });

  it("of sound are Opus first, then its redundant form", () => {
    const sound = ["audio/PCMU", "audio/red", "audio/opus", "audio/CN"].map((mimeType) => ({ mimeType }));
    expect(chooseCodecs(sound, "audio").map((codec) => codec.mimeType)).toEqual(["audio/opus", "audio/red"]);
  });
});

it("the meter is dark in silence and full when loud", () => {
  expect(meterLevel(0)).toBe(0);
  expect(meterLevel(0.0005)).toBe(0);
  expect(meterLevel(0.01)).toBeCloseTo(0.4);
  expect(meterLevel(0.5)).toBe(1);
});

it("sound is offered to be sent again, and pictures with a round trip", () => {
  const audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:0 PCMU/8000\r\n";
  const video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n";
  const offered = offerRepair(`v=0\r\n${audio}${video}`);
  expect(offered.match(/a=rtcp-fb:.*\r\n/gu)).toEqual(["a=rtcp-fb:111 nack\r\n", "a=rtcp-fb:63 nack\r\n", "a=rtcp-fb:96 rrtr\r\n"]);
  expect(offered.startsWith("v=0\r\nm=audio")).toBe(true);
});

it("a picture has to fill its tile, whichever way that is cut", () => {
  expect(neededHeight(320, 180, 1)).toBe(180);
  expect(neededHeight(320, 180, 2)).toBe(360);
  expect(neededHeight(640, 200, 1)).toBe(360);
  expect(neededHeight(100, 300, 1)).toBe(300);
  expect(neededHeight(0, 0, 2)).toBe(0);
});
