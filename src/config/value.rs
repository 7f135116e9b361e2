//! Reading single values. Each reader says what it expected, in words that finish the sentence "expected …".

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use tracing_subscriber::EnvFilter;

use crate::bounds::SETTING_CHARS;

/// Longest time that can be set, in seconds: a year.
const MAX_SECONDS: f64 = 366.0 * 24.0 * 3600.0;

/// A value as it was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// From a flag or a variable: text whatever it stands for.
    Word(String),
    /// A string of the file.
    Text(String),
    /// A number of the file.
    Number(f64),
    /// A boolean of the file, or a flag without a value.
    Boolean(bool),
    /// An array of the file, or a repeated flag.
    List(Vec<Raw>),
    /// A table of the file, in its order.
    Table(Vec<(String, Raw)>),
    /// A date, which no setting takes.
    Other,
}

/// The value, or what was expected.
pub(crate) type Read<T> = Result<T, String>;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line, for log collectors.
    Json,
}

pub(crate) fn text(raw: &Raw) -> Option<&str> {
    match raw {
        Raw::Word(text) | Raw::Text(text) => Some(text),
        _ => None,
    }
}

fn number(raw: &Raw) -> Option<f64> {
    match raw {
        Raw::Word(text) => text.parse().ok(),
        Raw::Number(number) => Some(*number),
        _ => None,
    }
}

pub(crate) fn boolean(raw: &Raw) -> Read<bool> {
    match raw {
        Raw::Boolean(value) => Ok(*value),
        Raw::Word(word) => match word.as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" | "" => Ok(false),
            _ => Err("true or false".to_owned()),
        },
        _ => Err("true or false".to_owned()),
    }
}

pub(crate) fn address(raw: &Raw) -> Read<SocketAddr> {
    let expected = || "an IP address and a port, such as 127.0.0.1:8080 or [::]:8080".to_owned();
    text(raw).and_then(|text| text.parse().ok()).ok_or_else(expected)
}

pub(crate) fn ips(raw: &Raw) -> Read<Vec<IpAddr>> {
    let words: Vec<&str> = match raw {
        Raw::Word(word) => word.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
        Raw::List(items) => items.iter().map(|item| text(item).unwrap_or_default()).collect(),
        _ => vec![""],
    };
    let ips: Option<Vec<IpAddr>> = words.into_iter().map(|word| word.parse().ok()).collect();
    ips.ok_or_else(|| {
        "IP addresses such as 203.0.113.7: a list in the file, separated by commas in the environment, one with each --announce"
            .to_owned()
    })
}

/// Most addresses of TURN servers; browsers take the time to try each.
const MAX_TURN_URLS: usize = 8;

pub(crate) fn turn_urls(raw: &Raw) -> Read<Vec<String>> {
    let words: Vec<&str> = match raw {
        Raw::Word(word) => word.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
        Raw::List(items) => items.iter().map(|item| text(item).unwrap_or_default()).collect(),
        _ => vec![""],
    };
    if words.is_empty() || words.len() > MAX_TURN_URLS || !words.iter().all(|word| is_turn_url(word)) {
        return Err(format!(
            "1 to {MAX_TURN_URLS} addresses such as turn:turn.example.edu:3478?transport=udp or turns:turn.example.edu:5349: a list in the \
             file, separated by commas in the environment"
        ));
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// RFC 7065, section 3.1.
fn is_turn_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (place, transport) = rest.split_once('?').unwrap_or((rest, "transport=udp"));
    // The port of `[::1]:3478` and `host:3478`, but not of `::1`, which has to stand in brackets.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (place, "3478"),
    };
    let is_host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(ip) => ip.parse::<Ipv6Addr>().is_ok(),
        None => {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
            !host.is_empty() && host.bytes().all(good)
        }
    };
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    matches!(scheme, "turn" | "turns")
        && is_host
        && is_port
        && matches!(transport, "transport=udp" | "transport=tcp")
}

pub(crate) fn path(raw: &Raw) -> Read<PathBuf> {
    text(raw).filter(|text| !text.is_empty()).map(PathBuf::from).ok_or_else(|| "a directory".to_owned())
}

/// What something is called, by people or by another program.
pub(crate) fn name(raw: &Raw) -> Read<String> {
    let good = |text: &&str| {
        !text.is_empty() && text.chars().count() <= SETTING_CHARS && !text.contains(char::is_control)
    };
    let expected = || format!("a text of 1 to {SETTING_CHARS} characters");
    text(raw).filter(good).map(str::to_owned).ok_or_else(expected)
}

/// A list of such names.
pub(crate) fn names(most: usize) -> impl Fn(&Raw) -> Read<Vec<String>> {
    move |raw| {
        let expected = || format!("a list of at most {most} texts of 1 to {SETTING_CHARS} characters");
        match raw {
            Raw::List(items) if items.len() <= most => {
                items.iter().map(|item| name(item).map_err(|_| expected())).collect()
            }
            _ => Err(expected()),
        }
    }
}

pub(crate) fn role(raw: &Raw) -> Option<stage::Role> {
    match text(raw)? {
        "host" => Some(stage::Role::Host),
        "moderator" => Some(stage::Role::Moderator),
        "speaker" => Some(stage::Role::Speaker),
        "viewer" => Some(stage::Role::Viewer),
        _ => None,
    }
}

pub(crate) fn secret(raw: &Raw) -> Read<String> {
    let clean = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    text(raw).filter(clean).map(str::to_owned).ok_or_else(|| {
        "a text of printable ASCII characters without spaces, as it is sent in a header".to_owned()
    })
}

pub(crate) fn public_url(raw: &Raw) -> Read<String> {
    let expected = || "an address such as https://stage.example.edu, without a path".to_owned();
    let text = text(raw).ok_or_else(expected)?;
    let uri: Uri = text.parse().map_err(|_| expected())?;
    match (uri.scheme_str(), uri.authority(), uri.path_and_query().map(|path| path.as_str())) {
        (Some(scheme @ ("http" | "https")), Some(authority), None | Some("/" | "")) => {
            Ok(format!("{scheme}://{authority}"))
        }
        _ => Err(expected()),
    }
}

pub(crate) fn log_format(raw: &Raw) -> Read<LogFormat> {
    match text(raw) {
        Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        _ => Err("text or json".to_owned()),
    }
}

pub(crate) fn log_filter(raw: &Raw) -> Read<String> {
    let good = |text: &&str| EnvFilter::builder().parse(text).is_ok();
    text(raw)
        .filter(good)
        .map(str::to_owned)
        .ok_or_else(|| "a filter such as info or proscenium=debug".to_owned())
}

/// A whole number within bounds.
pub(crate) fn count(least: usize, most: usize) -> impl Fn(&Raw) -> Read<usize> {
    move |raw| {
        number(raw)
            .filter(|number| number.fract() == 0.0 && (least as f64..=most as f64).contains(number))
            .map(|number| number as usize)
            .ok_or_else(|| format!("a whole number from {least} to {most}"))
    }
}

/// A time in seconds, as milliseconds; parts of a second are allowed.
pub(crate) fn millis(least: u64) -> impl Fn(&Raw) -> Read<u64> {
    move |raw| {
        number(raw)
            .map(|seconds| seconds * 1000.0)
            .filter(|millis| (least as f64..=MAX_SECONDS * 1000.0).contains(millis))
            .map(|millis| millis as u64)
            .ok_or_else(|| {
                let more = if least == 0 { "0 or more" } else { "more than 0" };
                format!("a number of seconds, {more}")
            })
    }
}

pub(crate) fn seconds(raw: &Raw) -> Read<Duration> {
    seconds_from(Duration::from_secs(1))(raw)
}

/// A time, `least` and a year at most.
pub(crate) fn seconds_from(least: Duration) -> impl Fn(&Raw) -> Read<Duration> {
    move |raw| {
        number(raw)
            .filter(|seconds| (least.as_secs_f64()..=MAX_SECONDS).contains(seconds))
            .map(Duration::from_secs_f64)
            .ok_or_else(|| format!("a number of seconds from {} to a year", least.as_secs()))
    }
}
