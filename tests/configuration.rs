//! What an operator sets, where it counts, and how a mistake is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Output};

use proscenium::config::{Config, Flags, LogFormat, Place, Problem};
use tempfile::TempDir;

struct Sources {
    directory: TempDir,
    flags: Flags,
    variables: Vec<(String, String)>,
}

impl Sources {
    /// Nothing but an API key.
    fn new() -> Self {
        let variables = vec![("PROSCENIUM_API_KEY".to_owned(), "key".to_owned())];
        Sources { directory: TempDir::new().unwrap(), flags: Flags::default(), variables }
    }

    fn file(mut self, text: &str) -> Self {
        std::fs::write(self.path(), text).unwrap();
        self.flags.config = Some(self.path());
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flags(mut self, set: impl FnOnce(&mut Flags)) -> Self {
        set(&mut self.flags);
        self
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("test.toml")
    }

    fn config(&self) -> Config {
        Config::resolve(&self.flags, self.variables.clone()).unwrap()
    }

    fn problems(&self) -> Vec<Problem> {
        Config::resolve(&self.flags, self.variables.clone()).unwrap_err().problems
    }
}

#[test]
fn flags_count_before_environment_before_file_before_default() {
    let default = Sources::new();
    assert_eq!(default.config().http.to_string(), "127.0.0.1:8080");
    let file = default.file("http = \"127.0.0.1:1\"");
    assert_eq!(file.config().http.port(), 1);
    let variable = file.variable("PROSCENIUM_HTTP", "127.0.0.1:2");
    assert_eq!(variable.config().http.port(), 2);
    let flag = variable.flags(|flags| flags.http = Some("127.0.0.1:3".to_owned()));
    assert_eq!(flag.config().http.port(), 3);
}

#[test]
fn the_defaults_are_the_contracts() {
    let config = Sources::new().config();
    assert!(!config.dev);
    assert_eq!(config.media.to_string(), "0.0.0.0:7000");
    assert!(config.announce.is_empty());
    assert_eq!(config.data, PathBuf::from("./data"));
    assert_eq!(config.workers, std::thread::available_parallelism().unwrap().get());
    assert_eq!(config.timing, stage::Timing::default());
}

#[test]
fn every_key_can_be_set_in_the_file() {
    let config = Sources::new()
        .file(
            r#"
            http = "[::1]:1"
            public_url = "https://stage.example.edu/"
            media = "0.0.0.0:2"
            announce = ["203.0.113.7", "2001:db8::7"]
            data = "/srv/data"
            workers = 3
            log = "json"
            log_filter = "proscenium=debug"
            [stage]
            cooldown_seconds = 1
            invitation_seconds = 2
            grace_seconds = 3.5
            place_seconds = 4
            [tokens]
            ttl_seconds = 5
            max_ttl_seconds = 6
            [turn]
            urls = ["turn:turn.example.edu", "turns:[2001:db8::1]:443?transport=tcp"]
            secret = "north"
            ttl_seconds = 60
            [limits]
            rooms = 7
            room_participants = 8
            connections = 9
            "#,
        )
        .config();
    assert_eq!(config.public_url.as_deref(), Some("https://stage.example.edu"));
    assert_eq!(config.announce.len(), 2);
    assert_eq!((config.workers, config.log), (3, LogFormat::Json));
    let timing = stage::Timing { cooldown: 1000, invitation: 2000, grace: 3500, place: 4000 };
    assert_eq!(config.timing, timing);
    assert_eq!((config.tokens.ttl.as_secs(), config.tokens.max_ttl.as_secs()), (5, 6));
    let turn = config.turn.unwrap();
    assert_eq!((turn.urls.len(), turn.secret.reveal(), turn.ttl.as_secs()), (2, "north", 60));
    assert_eq!((config.limits.rooms, config.limits.room_participants, config.limits.connections), (7, 8, 9));
}

#[test]
fn turn_has_addresses_and_a_secret_or_neither() {
    assert_eq!(Sources::new().config().turn, None);
    for (file, name) in [
        ("urls = [\"turn:turn.example.edu\"]", "turn.secret"),
        ("secret = \"north\"", "turn.urls"),
        ("secret = \"north\"\nurls = []", "turn.urls"),
        ("secret = \"north\"\nurls = [\"stun:turn.example.edu\"]", "turn.urls"),
        ("secret = \"north\"\nurls = [\"turn://turn.example.edu\"]", "turn.urls"),
        ("secret = \"north\"\nurls = [\"turn:turn.example.edu:0\"]", "turn.urls"),
        ("secret = \"north\"\nurls = [\"turn:2001:db8::1:1\"]", "turn.urls"),
        ("secret = \"north\"\nurls = [\"turn:turn.example.edu?transport=sctp\"]", "turn.urls"),
        ("secret = \"no rth\"\nurls = [\"turn:turn.example.edu\"]", "turn.secret"),
        ("secret = \"north\"\nurls = [\"turn:turn.example.edu\"]\nttl_seconds = 5", "turn.ttl_seconds"),
    ] {
        let problems = Sources::new().file(&format!("[turn]\n{file}")).problems();
        assert_eq!(problems.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [name], "{file}");
    }
    let environment = Sources::new()
        .variable("PROSCENIUM_TURN_URLS", "turn:a.example.edu, turns:b.example.edu:443?transport=tcp")
        .variable("PROSCENIUM_TURN_SECRET", "north");
    let turn = environment.config().turn.unwrap();
    assert_eq!((turn.urls.len(), turn.ttl.as_secs()), (2, 3600));
    assert!(!format!("{turn:?}").contains("north"), "secrets are never printed");
}

const PLATFORM: &str = r#"
[[lti.platforms]]
issuer = "https://sakai.example.edu"
client_id = "abc"
login_url = "https://sakai.example.edu/imsoidc/lti13/oidc_auth"
jwks_url = "https://sakai.example.edu/imsblis/lti13/keyset"
token_url = "https://sakai.example.edu/imsblis/lti13/token/1"
"#;

#[test]
fn learning_platforms_are_read_in_their_order() {
    assert_eq!(Sources::new().config().lti, []);
    let more = "deployments = [\"1\", \"2\"]\nname = \"Sakai\"\n[lti.platforms.roles]\n\"urn:a\" = \"moderator\"\n\
                \"urn:b\" = \"viewer\"";
    let second = PLATFORM.replace("\"abc\"", "\"def\"");
    let platforms = Sources::new().file(&format!("{PLATFORM}{more}{second}[limits]\nrooms = 3")).config().lti;
    assert_eq!(platforms.iter().map(|one| one.client_id.as_str()).collect::<Vec<_>>(), ["abc", "def"]);
    assert_eq!(platforms[0].issuer, "https://sakai.example.edu");
    assert_eq!(platforms[0].jwks_url, "https://sakai.example.edu/imsblis/lti13/keyset");
    assert_eq!((platforms[0].deployments.len(), platforms[0].name.as_deref()), (2, Some("Sakai")));
    let roles: Vec<_> = platforms[0].roles.iter().map(|(uri, role)| (uri.as_str(), *role)).collect();
    assert_eq!(roles, [("urn:a", stage::Role::Moderator), ("urn:b", stage::Role::Viewer)]);
    assert!(platforms[1].deployments.is_empty() && platforms[1].roles.is_empty());
}

#[test]
fn a_mistake_in_one_of_several_tables_is_named_with_its_number_and_line() {
    let local = "token_url = \"http://127.0.0.1:9000/token\"";
    let cases = [
        ("issuer = \"https://sakai.example.edu\"", "issuer = \"\"", "issuer", 3, "1 to 2000 characters"),
        ("client_id = \"abc\"", "", "client_id", 2, "(it is not set)"),
        ("client_id", "klient_id", "klient_id", 4, "issuer, client_id, deployments"),
        (
            "https://sakai.example.edu/imsblis/lti13/keyset",
            "ftp://a/b",
            "jwks_url",
            6,
            "https://lms.example.edu",
        ),
        (
            "https://sakai.example.edu/imsblis/lti13/keyset",
            "/keyset",
            "jwks_url",
            6,
            "https://lms.example.edu",
        ),
        (
            "https://sakai.example.edu/imsoidc",
            "http://sakai.example.edu",
            "login_url",
            5,
            "this machine and in dev",
        ),
        ("client_id = \"abc\"", "client_id = 3", "client_id", 4, "characters"),
        (
            "client_id = \"abc\"",
            "client_id = \"a\"\ndeployments = [1]",
            "deployments",
            5,
            "a list of at most",
        ),
        ("client_id = \"abc\"", "client_id = \"a\"\nroles = { a = \"boss\" }", "roles", 5, "host, moderator"),
        ("client_id = \"abc\"", "client_id = \"a\"\nroles = [\"host\"]", "roles", 5, "host, moderator"),
        ("client_id = \"abc\"", "client_id = \"abc2\"", "client_id", 4, "another than the platforms before"),
    ];
    for (good, bad, key, line, expected) in cases {
        let second = PLATFORM.replacen(good, bad, 1);
        assert_ne!(second, PLATFORM);
        let first = PLATFORM.replace("\"abc\"", "\"abc2\"");
        let sources = Sources::new().file(&format!("{first}{second}"));
        let path = sources.path().display().to_string();
        let problems = sources.problems();
        // Where a key is misspelt, the one that was meant is missing too.
        let problem = &problems[0];
        assert!(problems.len() == 1 || key == "klient_id", "{bad}: {problems:?}");
        let line = first.matches('\n').count() + line;
        assert_eq!(problem.name, format!("lti.platforms[2].{key}"), "{bad}");
        assert_eq!(problem.place, Place::File { path, line }, "{bad}");
        assert!(problem.expected.contains(expected), "{bad}: {}", problem.expected);
    }
    let tried_out = PLATFORM.replace("https://", "http://");
    assert_eq!(Sources::new().file(&format!("dev = true\n{tried_out}")).config().lti.len(), 1);
    let within = PLATFORM.lines().map(|line| if line.starts_with("token_url") { local } else { line });
    assert_eq!(Sources::new().file(&within.collect::<Vec<_>>().join("\n")).config().lti.len(), 1);
}

#[test]
fn keys_of_tokens_are_long_and_named_apart() {
    let secret = "0123456789abcdef0123456789abcdef";
    let key = |id: &str, secret: &str| format!("[[tokens.keys]]\nid = \"{id}\"\nsecret = \"{secret}\"\n");
    let two = key("new", secret) + &key("old", &secret.to_uppercase());
    let tokens = Sources::new().file(&format!("[tokens]\nderived = false\n{two}")).config().tokens;
    assert_eq!(tokens.keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["new", "old"]);
    assert_eq!((tokens.keys[0].secret.reveal(), tokens.derived), (secret, false));
    assert!(!format!("{tokens:?}").contains(secret), "secrets are never printed");
    let first = key("new", secret);
    for (second, name, line, expected) in [
        (key("old", &secret[1..]), "tokens.keys[2].secret", 6, "at least 32 printable"),
        (key("old", &format!("{secret} ")), "tokens.keys[2].secret", 6, "at least 32 printable"),
        (key("", secret), "tokens.keys[2].id", 5, "1 to 64 of the characters"),
        (key("new", secret), "tokens.keys[2].id", 5, "another than the keys before"),
        ("[[tokens.keys]]\nid = \"old\"".to_owned(), "tokens.keys[2].secret", 4, "(it is not set)"),
    ] {
        let sources = Sources::new().file(&(first.clone() + &second));
        let path = sources.path().display().to_string();
        let problems = sources.problems();
        let [problem] = problems.as_slice() else { panic!("{second}: {problems:?}") };
        assert_eq!((&problem.place, problem.name.as_str()), (&Place::File { path, line }, name), "{second}");
        assert!(problem.expected.contains(expected) && !problem.expected.contains(secret), "{problem:?}");
    }
    let problem = Sources::new().file("[tokens]\nderived = false").problems().remove(0);
    assert_eq!(problem.name, "tokens.derived");
    assert_eq!(Sources::new().file(&key("a", secret).repeat(17)).problems()[0].name, "tokens.keys[17]");
}

#[test]
fn signing_in_is_set_up_whole_or_not_at_all() {
    assert_eq!(Sources::new().config().sign_in, None);
    let whole = "issuer = \"https://login.example.edu/realm\"\nclient_id = \"p\"\nclient_secret = \"north\"\n\
                 hosts = [\"email:*@staff.example.edu\", \"urn:x:y\"]\n";
    let sign_in = Sources::new().file(&format!("[sign_in]\n{whole}")).config().sign_in.unwrap();
    assert_eq!((sign_in.name.as_str(), sign_in.client_id.as_str()), ("login.example.edu", "p"));
    let rules: Vec<_> =
        sign_in.hosts.iter().map(|rule| (rule.claim.as_str(), rule.pattern.as_str())).collect();
    assert_eq!(rules, [("email", "*@staff.example.edu"), ("urn", "x:y")]);
    assert!(!format!("{sign_in:?}").contains("north"), "secrets are never printed");
    for (good, bad, name) in [
        ("issuer = \"https://login.example.edu/realm\"", "", "sign_in.issuer"),
        ("https://login", "http://login", "sign_in.issuer"),
        ("client_id = \"p\"", "", "sign_in.client_id"),
        ("client_secret = \"north\"", "", "sign_in.client_secret"),
        ("email:*@staff.example.edu", "*@staff.example.edu", "sign_in.hosts"),
        ("[\"email:*@staff.example.edu\", \"urn:x:y\"]", "[]", "sign_in.hosts"),
        ("hosts", "#hosts", "sign_in.hosts"),
    ] {
        let file = format!("[sign_in]\n{}", whole.replacen(good, bad, 1));
        let problems = Sources::new().file(&file).problems();
        assert_eq!(problems.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [name], "{file}");
    }
    let secret = Sources::new()
        .file(&format!("[sign_in]\n{}", whole.replace("client_secret = \"north\"", "")))
        .variable("PROSCENIUM_SIGN_IN_CLIENT_SECRET", "south");
    assert_eq!(secret.config().sign_in.unwrap().client_secret.reveal(), "south");
}

#[test]
fn what_stands_in_the_place_of_several_tables_is_told() {
    for (text, name, line) in [
        ("[lti]\nplatforms = 3", "lti.platforms", 2),
        ("[lti]\nplatforms = [\"a\"]", "lti.platforms", 2),
        ("[lti.platforms]\nissuer = \"a\"", "lti.platforms", 1),
        ("[[lti.platform]]\nissuer = \"a\"", "lti.platform", 1),
        ("lti = true", "lti", 1),
    ] {
        let sources = Sources::new().file(text);
        let path = sources.path().display().to_string();
        let problems = sources.problems();
        let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        assert_eq!((&problem.place, problem.name.as_str()), (&Place::File { path, line }, name), "{text}");
        assert!(problem.expected.contains("platforms"), "{text}: {}", problem.expected);
    }
    let many: String = (0..201).map(|n| PLATFORM.replace("abc", &n.to_string())).collect();
    let problems = Sources::new().file(&many).problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].name, "lti.platforms[201]");
    assert!(problems[0].expected.contains("at most 200"), "{problems:?}");
}

#[test]
fn the_annotated_file_says_what_holds_without_it() {
    let annotated =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/proscenium.toml")).unwrap();
    assert_eq!(Sources::new().file(&annotated).config(), Sources::new().config());
}

#[test]
fn the_environment_can_set_lists_and_switches() {
    let config = Sources::new()
        .variable("PROSCENIUM_DEV", "true")
        .variable("PROSCENIUM_ANNOUNCE", "203.0.113.7, 2001:db8::7")
        .variable("PROSCENIUM_WORKERS", "2")
        .variable("PROSCENIUM_DATA", "")
        .config();
    assert!(config.dev);
    assert_eq!((config.announce.len(), config.workers), (2, 2));
    assert_eq!(config.data, PathBuf::from("./data"), "an empty variable is not set");
}

#[test]
fn the_file_can_be_named_by_the_environment() {
    let sources = Sources::new().file("workers = 3");
    let path = sources.path().display().to_string();
    let sources = sources.flags(|flags| flags.config = None).variable("PROSCENIUM_CONFIG", &path);
    assert_eq!(sources.config().workers, 3);
}

#[test]
fn a_bad_value_is_named_with_its_line() {
    let cases = [
        ("http = \"here\"", "http", 1, "an IP address and a port"),
        ("\n\nhttp = 8080", "http", 3, "an IP address and a port"),
        ("workers = 0", "workers", 1, "a whole number from 1 to"),
        ("workers = 1.5", "workers", 1, "a whole number from 1 to"),
        ("workers = \"3\"", "workers", 1, "a whole number from 1 to"),
        ("dev = \"yes\"", "dev", 1, "true or false"),
        ("announce = \"203.0.113.7\"", "announce", 1, "IP addresses"),
        ("announce = [\"host\"]", "announce", 1, "IP addresses"),
        ("api_key = \"\"", "api_key", 1, "printable ASCII"),
        ("public_url = \"stage.example.edu\"", "public_url", 1, "https://stage.example.edu"),
        ("public_url = \"https://stage.example.edu/path\"", "public_url", 1, "without a path"),
        ("log = \"xml\"", "log", 1, "text or json"),
        ("log_filter = \"a=b=c\"", "log_filter", 1, "a filter such as"),
        ("[stage]\ngrace_seconds = -1", "stage.grace_seconds", 2, "a number of seconds"),
        ("[stage]\ninvitation_seconds = 0", "stage.invitation_seconds", 2, "more than 0"),
        ("[tokens]\nttl_seconds = 9e9", "tokens.ttl_seconds", 2, "a number of seconds"),
        ("[limits]\nroom_participants = 5001", "limits.room_participants", 2, "from 1 to 5000"),
        ("[tokens]\nmax_ttl_seconds = 60", "tokens.ttl_seconds", 0, "at most tokens.max_ttl_seconds"),
    ];
    for (text, name, line, expected) in cases {
        // The environment's key would hide the file's.
        let mut sources = Sources::new().file(text);
        if name == "api_key" {
            sources.variables.clear();
        }
        let path = sources.path().display().to_string();
        let place = if line == 0 { Place::Nowhere } else { Place::File { path, line } };
        let problems = sources.problems();
        let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        assert_eq!((&problem.place, problem.name.as_str()), (&place, name), "{text}");
        assert!(problem.expected.contains(expected), "{text}: {}", problem.expected);
    }
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_known_ones() {
    for (text, name, line, known) in [
        ("htpp = \"127.0.0.1:1\"", "htpp", 1, "http"),
        ("[stage]\ngrace = 3", "stage.grace", 2, "grace_seconds"),
        ("[stages]\ngrace_seconds = 3", "stages", 1, "stage"),
        ("stage = 3", "stage", 1, "grace_seconds"),
        ("[limits.more]\nx = 1", "limits.more", 1, "room_participants"),
    ] {
        let sources = Sources::new().file(text);
        let path = sources.path().display().to_string();
        let problems = sources.problems();
        let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        assert_eq!((&problem.place, problem.name.as_str()), (&Place::File { path, line }, name), "{text}");
        assert!(problem.expected.contains(known), "{text}: {}", problem.expected);
    }
}

#[test]
fn a_key_in_a_file_that_was_not_understood_is_not_called_missing() {
    for text in ["api_kee = \"key\"", "api_key = \"key"] {
        let mut sources = Sources::new().file(text);
        sources.variables.clear();
        let problems = sources.problems();
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert_ne!(problems[0].name, "api_key", "{text}");
    }
}

#[test]
fn an_address_to_announce_that_is_none_names_the_flag() {
    let sources = Sources::new().flags(|flags| flags.announce = vec!["foo".to_owned()]);
    let problem = sources.problems().remove(0);
    assert_eq!(problem.place, Place::Flag("--announce"));
    assert!(problem.expected.contains("--announce"), "{}", problem.expected);
}

#[test]
fn a_port_that_is_taken_is_named_once_with_its_flag() {
    let (of_tcp, of_udp) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (tcp, udp) = (of_tcp.local_addr().unwrap().to_string(), of_udp.local_addr().unwrap().to_string());
    let free = "127.0.0.1:0";
    for (http, media, flag) in [(&*tcp, free, "--http"), (free, &*udp, "--media")] {
        let data = TempDir::new().unwrap();
        let data = data.path().to_str().unwrap();
        let output = run(&["--dev", "--workers", "1", "--http", http, "--media", media, "--data", data], &[]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        let line = said.lines().last().unwrap();
        assert!(line.contains(flag), "{line}");
        assert_eq!(line.matches("in use").count(), 1, "{line}");
    }
}

#[test]
fn flags_and_variables_are_named_as_their_places() {
    let sources = Sources::new()
        .variable("PROSCENIUM_WORKERS", "many")
        .flags(|flags| flags.media = Some("7000".to_owned()));
    let places: Vec<Place> = sources.problems().into_iter().map(|problem| problem.place).collect();
    assert_eq!(places, [Place::Flag("--media"), Place::Variable("PROSCENIUM_WORKERS")]);
}

#[test]
fn a_misspelt_variable_is_noticed() {
    let names = ["PROSCENIUM_ANOUNCE", "PROSCENIUM_ANNOUNCE", "PROSCENIUM_CONFIG", "PATH"];
    let variables = names.map(|name| (name.to_owned(), String::new()));
    assert_eq!(Config::unknown_variables(variables), ["PROSCENIUM_ANOUNCE"]);
}

#[test]
fn a_secret_is_not_repeated() {
    let mut sources = Sources::new().variable("PROSCENIUM_API_KEY", "two words");
    sources.variables.remove(0);
    let problems = sources.problems();
    assert!(!format!("{problems:?}").contains("two words"), "{problems:?}");
    assert!(!format!("{:?}", Sources::new().config()).contains("\"key\""));
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_named() {
    let problem = Sources::new().file("a = 1\nb =").problems().remove(0);
    assert!(matches!(problem.place, Place::File { line: 2, .. }), "{problem:?}");
    let sources = Sources::new().flags(|flags| flags.config = Some("/nowhere/at/all.toml".into()));
    let problem = sources.problems().remove(0);
    assert_eq!(problem.place, Place::Flag("--config"));
    assert!(problem.expected.contains("/nowhere/at/all.toml"), "{problem:?}");
}

#[test]
fn dev_mode_has_a_known_key_and_stays_on_this_machine() {
    let mut sources = Sources::new().flags(|flags| flags.dev = true);
    sources.variables.clear();
    assert_eq!(sources.config().api_key.reveal(), "dev-secret");
    let problem = sources.flags(|flags| flags.http = Some("0.0.0.0:8080".to_owned())).problems().remove(0);
    assert_eq!((problem.place, problem.name.as_str()), (Place::Flag("--http"), "http"));
    assert!(problem.expected.contains("loopback"), "{}", problem.expected);
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_proscenium"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn without_a_key_the_server_says_what_to_set() {
    for arguments in [&[][..], &["serve"][..], &["check"][..]] {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("PROSCENIUM_API_KEY") && said.contains("--dev"), "{said}");
    }
}

#[test]
fn an_unknown_flag_is_named() {
    let output = run(&["--htpp", "127.0.0.1:1"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--htpp"), "{said}");
}

#[test]
fn check_says_whether_a_file_can_be_used() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("test.toml");
    let check = |text: &str| {
        std::fs::write(&path, text).unwrap();
        run(&["check", "--config", path.to_str().unwrap()], &[])
    };
    assert_eq!(check("api_key = \"key\"").status.code(), Some(0));
    let bad = check("api_key = \"key\"\nworkers = 0");
    assert_eq!(bad.status.code(), Some(2));
    let said = String::from_utf8(bad.stderr).unwrap();
    assert!(said.contains("test.toml:2: `workers`: expected a whole number from 1"), "{said}");
}
