//! How to read an input, and how much of it to hold at once.

use super::export::ExportOptions;
use super::fields::FieldOptions;
use super::format::Format;
use super::page::PageOptions;
use super::table::TableOptions;

/// How to read an input.
#[derive(Debug, Clone, Default)]
pub struct ExtractOptions {
    /// What it is; by default it is recognised.
    pub format: Format,
    /// Which field of a record is the text, and which others are kept.
    pub fields: FieldOptions,
    /// How a table is written.
    pub table: TableOptions,
    /// How a page is read.
    pub page: PageOptions,
    /// Whether the texts of pages and exports are the commenters' own words, without what they quote.
    pub quotes_apart: bool,
    /// What of an export comes out.
    pub export: ExportOptions,
    /// What may be held in memory.
    pub limits: Limits,
}

/// Bounds, so that no input can eat the memory or the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line or record; a longer one is passed over and reported.
    pub record: usize,
    /// Bytes of an input that must be held whole: a page, an export.
    pub whole: usize,
    /// Bytes of records in one frame, about.
    pub frame: usize,
    /// Bytes that a compressed input may unpack to.
    pub unpacked: u64,
    /// Bytes that one compressed byte may unpack to, past the first 64 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    /// 16 MiB a record, 64 MiB a page, frames of 128 KiB, 1 TiB unpacked, ratio 1000.
    ///
    /// A page of 200 MB would be held several times over, as bytes and as a tree; the longest threads people save
    /// have a few megabytes.
    ///
    /// Deflate cannot pass a ratio of 1032 and only does on one repeated byte; real comments reach 3 to 20.
    fn default() -> Self {
        Self { record: 16 << 20, whole: 64 << 20, frame: 128 << 10, unpacked: 1 << 40, ratio: 1000 }
    }
}
