import { describe, expect, it } from "vitest";
import { chooseCodecs } from "../src/rtc/codecs";
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
