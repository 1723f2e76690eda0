//! No file names a path of the machine it was written on.

use super::finding::Finding;
use super::tree::{Text, Tree};

/// The first folder of such a path.
const FOLDERS: [&str; 3] = ["work", "home", "root"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.texts.iter().flat_map(places).collect()
}

fn places(file: &Text) -> Vec<Finding> {
    let lines = (1..).zip(file.text.lines());
    lines
        .filter_map(|(line, text)| {
            let path = FOLDERS.into_iter().map(as_path).find(|path| names(text, path))?;
            let message = format!("`{path}…` is a path of one machine: make it relative");
            Some(Finding::new(&file.path, line, message))
        })
        .collect()
}

fn as_path(folder: &str) -> String {
    format!("/{folder}/")
}

/// Does the text hold this absolute path? `src/work/a.rs` is relative, and harmless.
fn names(text: &str, path: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '}');
    text.match_indices(path).any(|(at, _)| !text[..at].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, Finding, Tree, as_path, check};

    #[test]
    fn an_absolute_path_is_found_in_any_text_file() {
        for folder in FOLDERS.map(as_path) {
            let text = format!("# Notes\n\nsee `{folder}me/credits`\n");
            let message = format!("`{folder}…` is a path of one machine: make it relative");
            assert_eq!(
                check(&Tree::of(&[("docs/a.md", &text)])),
                [Finding::new("docs/a.md", 3, message)]
            );
        }
    }

    #[test]
    fn a_folder_of_the_same_name_inside_a_relative_path_is_harmless() {
        let text = format!(
            "crates/app/src{}job.rs and https://a.example{}",
            as_path("work"),
            as_path("home")
        );
        assert_eq!(check(&Tree::of(&[("docs/a.md", &text)])), []);
    }
}
