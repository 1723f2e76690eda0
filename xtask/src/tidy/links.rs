//! A link of a document to a file of the repository leads to one.

use std::path::{Component, Path};

use super::finding::Finding;
use super::tree::{Text, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.texts.iter().filter(|file| file.has_extension("md"));
    documents.flat_map(|file| dangling(tree, file)).collect()
}

fn dangling(tree: &Tree, file: &Text) -> Vec<Finding> {
    let lines = (1..).zip(file.text.lines());
    lines
        .flat_map(|(line, text)| links(text).map(move |link| (line, link)))
        .filter(|(_, link)| !leads(tree, &file.path, link))
        .map(|(line, link)| {
            Finding::new(
                &file.path,
                line,
                format!("`{link}` leads nowhere: name a file that is there"),
            )
        })
        .collect()
}

/// What is linked in a line, without the place in it; other sites and this document are not
/// looked at.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let linked = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let files = linked.map(|(link, _)| link.split('#').next().unwrap_or(link));
    files.filter(|link| !link.is_empty() && !link.contains(':'))
}

fn leads(tree: &Tree, from: &str, link: &str) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir if parts.pop().is_none() => return false,
            Component::Normal(name) => parts.extend(name.to_str()),
            _ => {}
        }
    }
    let (file, folder) = (parts.join("/"), parts.join("/") + "/");
    tree.paths.iter().any(|path| *path == file || path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check};

    fn found(text: &str) -> Vec<Finding> {
        check(&Tree::of(&[("docs/a/b.md", text), ("docs/c.json", ""), ("docs/a/d.md", "")]))
    }

    #[test]
    fn a_link_to_a_file_that_is_not_there_is_found() {
        let text = "# B\n\nsee [d](d.md), ([c](../d.json))\n[out](../../../c.json)";
        let message = |link| format!("`{link}` leads nowhere: name a file that is there");
        assert_eq!(
            found(text),
            [
                Finding::new("docs/a/b.md", 3, message("../d.json")),
                Finding::new("docs/a/b.md", 4, message("../../../c.json")),
            ]
        );
    }

    #[test]
    fn files_folders_places_and_other_sites_are_fine() {
        let text = "[c](../c.json) [d](./d.md#b) [a](../a) [b](#b) [out](https://a.example/b.md)";
        assert_eq!(found(text), []);
    }
}
