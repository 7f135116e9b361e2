//! Every role that the standard's vocabulary, Sakai, Moodle, Canvas and Blackboard send, and what it makes of somebody.

use std::collections::BTreeMap;

use lti::roles::role;
use stage::Role::{self, Host, Moderator, Speaker, Viewer};

const SYSTEM: &str = "http://purl.imsglobal.org/vocab/lis/v2/system/person#";
const INSTITUTION: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#";
const MEMBERSHIP: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership";

fn of(roles: &[&str]) -> Role {
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    role(&roles, &BTreeMap::new())
}

#[test]
fn each_role_by_itself() {
    let prefixed = |prefix: &str, names: &[(&str, Role)]| {
        names.iter().map(|(name, role)| (format!("{prefix}{name}"), *role)).collect::<Vec<_>>()
    };
    let cases = [
        prefixed(
            SYSTEM,
            &[
                ("Administrator", Host),
                ("SysAdmin", Host),
                ("AccountAdmin", Viewer),
                ("Creator", Viewer),
                ("SysSupport", Viewer),
                ("User", Viewer),
                ("None", Viewer),
            ],
        ),
        prefixed(
            INSTITUTION,
            &[
                ("Administrator", Host),
                ("Faculty", Viewer),
                ("Guest", Viewer),
                ("None", Viewer),
                ("Other", Viewer),
                ("Staff", Viewer),
                ("Student", Viewer),
                ("Alumni", Viewer),
                ("Instructor", Viewer),
                ("Learner", Viewer),
                ("Member", Viewer),
                ("Mentor", Viewer),
                ("Observer", Viewer),
                ("ProspectiveStudent", Viewer),
            ],
        ),
        prefixed(
            MEMBERSHIP,
            &[
                ("#Administrator", Host),
                ("#ContentDeveloper", Speaker),
                ("#Instructor", Host),
                ("#Learner", Viewer),
                ("#Mentor", Viewer),
                ("#Manager", Viewer),
                ("#Member", Viewer),
                ("#Officer", Viewer),
                ("/Administrator#Administrator", Host),
                ("/Administrator#Support", Viewer),
                ("/ContentDeveloper#ContentDeveloper", Speaker),
                ("/ContentDeveloper#Librarian", Viewer),
                ("/Instructor#TeachingAssistant", Moderator),
                ("#Instructor#TeachingAssistant", Moderator),
                ("/Instructor#Grader", Viewer),
                ("/Instructor#TeachingAssistantGroup", Viewer),
                ("/Learner#GuestLearner", Viewer),
                ("/Learner#Learner", Viewer),
                ("/Learner#NonCreditLearner", Viewer),
                ("/Mentor#Auditor", Viewer),
            ],
        ),
        prefixed(
            "",
            &[
                ("Administrator", Host),
                ("Instructor", Host),
                ("ContentDeveloper", Speaker),
                ("Learner", Viewer),
                ("Mentor", Viewer),
                ("TeachingAssistant", Viewer),
                ("", Viewer),
                ("http://purl.imsglobal.org/vocab/lti/system/person#TestUser", Viewer),
                ("urn:lti:role:ims/lis/Instructor", Viewer),
            ],
        ),
    ];
    for (name, expected) in cases.concat() {
        assert_eq!(of(&[&name]), expected, "{name}");
    }
}

#[test]
fn what_is_only_like_a_role_is_none() {
    for like in [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor ",
        "https://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership#InstructorOfNothing",
        "http://evil.example/#http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
        "instructor",
        "Instructor#TeachingAssistant",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#teachingassistant",
    ] {
        assert_eq!(of(&[like]), Viewer, "{like}");
    }
}

#[test]
fn several_together_as_platforms_send_them() {
    let [instructor, learner, developer] =
        ["#Instructor", "#Learner", "#ContentDeveloper"].map(|one| format!("{MEMBERSHIP}{one}"));
    let assistant = format!("{MEMBERSHIP}/Instructor#TeachingAssistant");
    let elsewhere = format!("{INSTITUTION}Instructor");
    let cases: &[(&str, &[&str], Role)] = &[
        ("Sakai: maintain", &[&instructor], Host),
        ("Sakai: access", &[&learner], Viewer),
        ("Canvas: an instructor of another course", &[&elsewhere, &learner], Viewer),
        ("Canvas: a teaching assistant, with the principal role", &[&assistant, &instructor], Moderator),
        ("the other way round", &[&instructor, &assistant], Moderator),
        ("Canvas: a designer who learns too", &[&developer, &learner], Speaker),
        ("Moodle: an administrator in a course", &[&format!("{INSTITUTION}Administrator"), &learner], Host),
        (
            "an assistant who is the institution's administrator",
            &[&assistant, &instructor, &format!("{SYSTEM}Administrator")],
            Host,
        ),
        ("nothing", &[], Viewer),
    ];
    for (who, roles, expected) in cases {
        assert_eq!(of(roles), *expected, "{who}");
    }
}

#[test]
fn a_registration_has_the_last_word() {
    let overrides = BTreeMap::from([
        (format!("{INSTITUTION}Faculty"), Moderator),
        (format!("{MEMBERSHIP}#Instructor"), Speaker),
    ]);
    let of = |name: String| role(&[name], &overrides);
    assert_eq!(of(format!("{INSTITUTION}Faculty")), Moderator);
    assert_eq!(of(format!("{MEMBERSHIP}#Instructor")), Speaker);
    assert_eq!(of(format!("{MEMBERSHIP}#Learner")), Viewer);
}
