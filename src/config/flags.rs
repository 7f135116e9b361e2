//! The command line's share of the configuration.

use std::path::PathBuf;

use super::value::Raw;

/// Options of every subcommand. They stay text here, so that all sources are read, and refused, in one place.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Configuration file, TOML [env: PROSCENIUM_CONFIG]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Try it out on this machine: loopback only, API key `dev-secret`, a room `demo` [env: PROSCENIUM_DEV]
    #[arg(long, global = true)]
    pub dev: bool,
    /// Where HTTP and WebSocket are served [env: PROSCENIUM_HTTP] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", global = true)]
    pub http: Option<String>,
    /// How browsers reach the server, such as https://stage.example.edu [env: PROSCENIUM_PUBLIC_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// Where media is received, UDP and TCP; media thread n uses this port + n [env: PROSCENIUM_MEDIA] [default: 0.0.0.0:7000]
    #[arg(long, value_name = "ADDR", global = true)]
    pub media: Option<String>,
    /// An address told to browsers; repeatable [env: PROSCENIUM_ANNOUNCE] [default: those of this machine]
    #[arg(long, value_name = "IP", global = true)]
    pub announce: Vec<String>,
    /// Directory for what must survive a restart [env: PROSCENIUM_DATA] [default: ./data]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<String>,
    /// Media threads [env: PROSCENIUM_WORKERS] [default: one a core]
    #[arg(long, value_name = "N", global = true)]
    pub workers: Option<String>,
    /// How logs are written: text or json [env: PROSCENIUM_LOG] [default: text]
    #[arg(long, value_name = "FORMAT", global = true)]
    pub log: Option<String>,
    /// What is logged, such as info or proscenium=debug [env: PROSCENIUM_LOG_FILTER] [default: info,rtc_dtls=error]
    #[arg(long, value_name = "FILTER", global = true)]
    pub log_filter: Option<String>,
}

impl Flags {
    /// What was given for a key.
    pub(crate) fn given(&self, key: &str) -> Option<Raw> {
        let text = match key {
            "dev" => return self.dev.then_some(Raw::Boolean(true)),
            "announce" => {
                let words = self.announce.iter().cloned().map(Raw::Word);
                return (!self.announce.is_empty()).then(|| Raw::List(words.collect()));
            }
            "http" => &self.http,
            "public_url" => &self.public_url,
            "media" => &self.media,
            "data" => &self.data,
            "workers" => &self.workers,
            "log" => &self.log,
            "log_filter" => &self.log_filter,
            _ => return None,
        };
        text.clone().map(Raw::Word)
    }
}
