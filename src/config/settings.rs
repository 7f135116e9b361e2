//! Every key there is, and how else it can be given. A test holds config/proscenium.toml and docs/configuration.md to this list.

/// One thing that can be set.
#[derive(Debug)]
pub(crate) struct Setting {
    /// In the file; a dot leads into a table.
    pub(crate) key: &'static str,
    /// On the command line.
    pub(crate) flag: Option<&'static str>,
    /// In the environment.
    pub(crate) variable: Option<&'static str>,
}

const fn both(key: &'static str, flag: &'static str, variable: &'static str) -> Setting {
    Setting { key, flag: Some(flag), variable: Some(variable) }
}

const fn file_only(key: &'static str) -> Setting {
    Setting { key, flag: None, variable: None }
}

/// All of them.
pub(crate) const SETTINGS: &[Setting] = &[
    both("dev", "--dev", "PROSCENIUM_DEV"),
    both("http", "--http", "PROSCENIUM_HTTP"),
    both("public_url", "--public-url", "PROSCENIUM_PUBLIC_URL"),
    both("media", "--media", "PROSCENIUM_MEDIA"),
    both("announce", "--announce", "PROSCENIUM_ANNOUNCE"),
    both("data", "--data", "PROSCENIUM_DATA"),
    both("workers", "--workers", "PROSCENIUM_WORKERS"),
    both("log", "--log", "PROSCENIUM_LOG"),
    both("log_filter", "--log-filter", "PROSCENIUM_LOG_FILTER"),
    // No flag: everyone on the machine can read a command line.
    Setting { key: "api_key", flag: None, variable: Some("PROSCENIUM_API_KEY") },
    file_only("stage.cooldown_seconds"),
    file_only("stage.invitation_seconds"),
    file_only("stage.grace_seconds"),
    file_only("stage.place_seconds"),
    file_only("tokens.ttl_seconds"),
    file_only("tokens.max_ttl_seconds"),
    file_only("tokens.derived"),
    Setting { key: "turn.urls", flag: None, variable: Some("PROSCENIUM_TURN_URLS") },
    // No flag, for the reason that the API key has none.
    Setting { key: "turn.secret", flag: None, variable: Some("PROSCENIUM_TURN_SECRET") },
    file_only("turn.ttl_seconds"),
    file_only("sign_in.issuer"),
    file_only("sign_in.client_id"),
    // No flag, for the reason that the API key has none.
    Setting { key: "sign_in.client_secret", flag: None, variable: Some("PROSCENIUM_SIGN_IN_CLIENT_SECRET") },
    file_only("sign_in.name"),
    file_only("sign_in.hosts"),
    file_only("limits.rooms"),
    file_only("limits.room_participants"),
    file_only("limits.connections"),
];

/// A table that the file may have several times, `[[name]]`.
#[derive(Debug)]
pub(crate) struct Repeated {
    /// With its dots.
    pub(crate) name: &'static str,
    /// What may stand in one.
    pub(crate) keys: &'static [&'static str],
}

/// All of them.
pub(crate) const REPEATED: &[Repeated] = &[
    Repeated { name: "tokens.keys", keys: &["id", "secret"] },
    Repeated {
        name: "lti.platforms",
        keys: &["issuer", "client_id", "deployments", "login_url", "jwks_url", "token_url", "name", "roles"],
    },
];

/// The variable that names the file; it is no key of it.
pub(crate) const FILE_VARIABLE: &str = "PROSCENIUM_CONFIG";

/// The setting of a key.
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The table that the file may have several times.
pub(crate) fn repeated(name: &str) -> Option<&'static Repeated> {
    REPEATED.iter().find(|repeated| repeated.name == name)
}

/// Everything that has a place in the file.
fn all() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.key).chain(REPEATED.iter().map(|repeated| repeated.name))
}

/// What may stand in a table of the file, for people; `""` is the top.
pub(crate) fn keys_of(table: &str) -> String {
    let mut names: Vec<&str> = all()
        .filter_map(|key| match (key.split_once('.'), table) {
            (None, "") => Some(key),
            (Some((of, _)), "") => Some(of),
            (Some((of, name)), _) if of == table => Some(name),
            _ => None,
        })
        .collect();
    names.dedup();
    names.join(", ")
}

/// Whether the file may have such a table.
pub(crate) fn is_table(name: &str) -> bool {
    all().any(|key| key.split_once('.').is_some_and(|(table, _)| table == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../config/proscenium.toml");
    const PAGE: &str = include_str!("../../docs/configuration.md");

    /// The file with every setting in it that is only shown.
    fn uncommented() -> String {
        let begins = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'[';
        let is_setting = |line: &str| line.starts_with('#') && line.as_bytes().get(1).is_some_and(begins);
        FILE.lines()
            .map(|line| if is_setting(line) { &line[1..] } else { line })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_annotated_file_has_every_key_and_no_other() {
        let found = super::super::file::parse("proscenium.toml", &uncommented());
        assert_eq!(found.problems, []);
        let missing: Vec<_> = SETTINGS
            .iter()
            .map(|setting| setting.key)
            .filter(|key| !found.values.contains_key(key))
            .collect();
        assert_eq!(missing, [""; 0]);
        for repeated in REPEATED {
            let shown = found.entries.get(repeated.name).and_then(|entries| entries.first());
            let shown = shown.unwrap_or_else(|| panic!("{} is not shown", repeated.name));
            let missing: Vec<_> =
                repeated.keys.iter().filter(|key| !shown.values.contains_key(*key)).collect();
            assert_eq!(missing, [&""; 0], "{}", repeated.name);
        }
    }

    #[test]
    fn the_page_of_documentation_names_every_key_flag_and_variable() {
        for setting in SETTINGS {
            let row = PAGE.lines().find(|line| line.starts_with(&format!("| `{}` |", setting.key)));
            let row = row.unwrap_or_else(|| panic!("{} is not documented", setting.key));
            for name in [setting.flag, setting.variable].into_iter().flatten() {
                assert!(row.contains(&format!("`{name}")), "{name} is not documented");
            }
        }
        for repeated in REPEATED {
            for key in repeated.keys {
                let row = format!("| `{}` | `{key}` |", repeated.name);
                assert!(PAGE.lines().any(|line| line.starts_with(&row)), "{row} is not there");
            }
        }
    }
}
