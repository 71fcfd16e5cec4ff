//! The kinds of elements.

use super::names::{BOLD, ITALIC};
use html5ever::{LocalName, local_name};

/// An element's kind, as far as anything here tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tag {
    Document,
    Text,
    Foreign,
    A,
    Abbr,
    Address,
    Article,
    Aside,
    B,
    Blockquote,
    Body,
    Br,
    Button,
    Center,
    Cite,
    Dd,
    Del,
    Details,
    Dl,
    Div,
    Dt,
    Fieldset,
    Figcaption,
    Figure,
    Footer,
    Form,
    Head,
    Heading,
    /// `h1`
    Headline,
    Header,
    Hr,
    Html,
    I,
    Iframe,
    Img,
    Input,
    Label,
    Legend,
    Li,
    Link,
    Main,
    Meta,
    Nav,
    Noscript,
    Ol,
    Option,
    P,
    Pre,
    Q,
    Script,
    Section,
    Select,
    Span,
    Style,
    Summary,
    Table,
    Tbody,
    Td,
    Template,
    Textarea,
    Tfoot,
    Th,
    Thead,
    Time,
    Title,
    Tr,
    Ul,
    Other,
}

impl Tag {
    /// The tag of an HTML element's name.
    pub(super) fn of(name: &LocalName) -> Self {
        match *name {
            local_name!("a") => Self::A,
            local_name!("abbr") => Self::Abbr,
            local_name!("address") => Self::Address,
            local_name!("article") => Self::Article,
            local_name!("aside") => Self::Aside,
            local_name!("blockquote") => Self::Blockquote,
            local_name!("body") => Self::Body,
            local_name!("br") => Self::Br,
            local_name!("button") => Self::Button,
            local_name!("center") => Self::Center,
            local_name!("cite") => Self::Cite,
            local_name!("dd") => Self::Dd,
            local_name!("del") => Self::Del,
            local_name!("details") => Self::Details,
            local_name!("dl") => Self::Dl,
            local_name!("div") => Self::Div,
            local_name!("dt") => Self::Dt,
            local_name!("fieldset") => Self::Fieldset,
            local_name!("figcaption") => Self::Figcaption,
            local_name!("figure") => Self::Figure,
            local_name!("footer") => Self::Footer,
            local_name!("form") => Self::Form,
            local_name!("head") => Self::Head,
            local_name!("h1") => Self::Headline,
            local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6") => Self::Heading,
            local_name!("header") => Self::Header,
            local_name!("hr") => Self::Hr,
            local_name!("html") => Self::Html,
            local_name!("iframe") => Self::Iframe,
            local_name!("img") => Self::Img,
            local_name!("input") => Self::Input,
            local_name!("label") => Self::Label,
            local_name!("legend") => Self::Legend,
            local_name!("li") => Self::Li,
            local_name!("link") => Self::Link,
            local_name!("main") => Self::Main,
            local_name!("meta") => Self::Meta,
            local_name!("nav") => Self::Nav,
            local_name!("noscript") => Self::Noscript,
            local_name!("ol") => Self::Ol,
            local_name!("option") => Self::Option,
            local_name!("p") => Self::P,
            local_name!("pre") => Self::Pre,
            local_name!("q") => Self::Q,
            local_name!("script") => Self::Script,
            local_name!("section") => Self::Section,
            local_name!("select") => Self::Select,
            local_name!("span") => Self::Span,
            local_name!("style") => Self::Style,
            local_name!("summary") => Self::Summary,
            local_name!("table") => Self::Table,
            local_name!("tbody") => Self::Tbody,
            local_name!("td") => Self::Td,
            local_name!("template") => Self::Template,
            local_name!("textarea") => Self::Textarea,
            local_name!("tfoot") => Self::Tfoot,
            local_name!("th") => Self::Th,
            local_name!("thead") => Self::Thead,
            local_name!("time") => Self::Time,
            local_name!("title") => Self::Title,
            local_name!("tr") => Self::Tr,
            local_name!("ul") => Self::Ul,
            BOLD => Self::B,
            ITALIC => Self::I,
            _ => Self::Other,
        }
    }

    /// Whether it stands on lines of its own.
    pub(super) fn is_block(self) -> bool {
        use Tag::{
            Address, Article, Aside, Blockquote, Body, Center, Dd, Details, Div, Dl, Dt, Fieldset,
            Figcaption, Figure, Footer, Form, Header, Heading, Headline, Hr, Html, Li, Main, Nav, Ol, P, Pre,
            Section, Summary, Table, Tbody, Td, Tfoot, Th, Thead, Tr, Ul,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Body
                | Center
                | Dd
                | Details
                | Div
                | Dl
                | Dt
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | Header
                | Heading
                | Headline
                | Hr
                | Html
                | Li
                | Main
                | Nav
                | Ol
                | P
                | Pre
                | Section
                | Summary
                | Table
                | Tbody
                | Td
                | Tfoot
                | Th
                | Thead
                | Tr
                | Ul
        )
    }

    /// Whether what it holds is never a reader's words.
    pub(super) fn is_mute(self) -> bool {
        use Tag::{
            Button, Foreign, Head, Iframe, Input, Legend, Nav, Option, Script, Select, Style, Textarea, Title,
        };
        matches!(
            self,
            Button
                | Foreign
                | Head
                | Iframe
                | Input
                | Legend
                | Nav
                | Option
                | Script
                | Select
                | Style
                | Textarea
                | Title
        )
    }
}
