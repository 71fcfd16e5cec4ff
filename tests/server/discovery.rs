//! The document that generic clients read before they call.

use crate::client::{get, raw};
use crate::running::{Running, shared};

#[test]
fn clients_are_sent_where_they_came_from() {
    for path in
        ["/$discovery/rest?version=v1alpha1&key=K", "/$discovery/rest?version=v1alpha1", "/%24discovery/rest"]
    {
        let document = get(shared(), path).json();
        assert_eq!(document["rootUrl"], "http://desk.example:8080/", "{path}");
        assert_eq!(document["servicePath"], "");
        assert_eq!(document["batchPath"], "batch");
        assert_eq!(
            document["resources"]["comments"]["methods"]["analyze"]["path"],
            "v1alpha1/comments:analyze"
        );
    }
}

#[test]
fn a_public_address_wins() {
    let server = Running::with("public_url = \"https://scores.example/\"");
    assert_eq!(get(server.address, "/$discovery/rest").json()["rootUrl"], "https://scores.example/");
}

#[test]
fn a_host_that_is_none_is_not_repeated() {
    let found =
        raw(shared(), b"GET /$discovery/rest HTTP/1.1\r\nHost: evil\"<b>\r\nConnection: close\r\n\r\n");
    let found = String::from_utf8_lossy(&found);
    assert!(!found.contains("evil"), "{found}");
}
