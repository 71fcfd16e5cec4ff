//! An input's bytes: unpacked, freed of byte order marks, bounded, with a look at the beginning.
//!
//! Content decides, not the name: a plain file called `x.gz` is read plain, and a gzip file called `x.csv` is
//! unpacked.

use super::error::ExtractError;
use super::options::Limits;
use crate::comment::Place;
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufReader, Cursor, Read};

/// Bytes looked at to tell what an input is.
pub(crate) const HEAD: usize = 64 << 10;

/// Unpacked bytes from which the ratio to the packed ones is watched.
const RATIO_FROM: u64 = 64 << 20;

/// An opened input.
pub(crate) struct Input<'r> {
    place: Place,
    packing: Packing<'r>,
    utf16: Option<Box<Decoder>>,
    utf8: bool,
    head: Vec<u8>,
    head_read: usize,
    unpacked: u64,
    lines: u64,
    ended: bool,
    failed: Option<Failure>,
    limits: Limits,
}

/// What ended the input before its end.
enum Failure {
    Io(io::Error),
    // The bound that was passed, in words.
    Bomb(String),
}

/// How the bytes are packed.
enum Packing<'r> {
    None(Packed<'r>),
    Gzip(Box<MultiGzDecoder<BufReader<Packed<'r>>>>),
    Zstd(Box<zstd::Decoder<'static, BufReader<Packed<'r>>>>),
}

/// The bytes as they lie in the file, counted.
struct Packed<'r> {
    bytes: io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send + 'r>>,
    n_read: u64,
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(buffer)?;
        self.n_read += n as u64;
        Ok(n)
    }
}

impl<'r> Packing<'r> {
    fn of(reader: impl Read + Send + 'r) -> io::Result<Self> {
        let mut reader: Box<dyn Read + Send + 'r> = Box::new(reader);
        let mut magic = Vec::new();
        reader.by_ref().take(4).read_to_end(&mut magic)?;
        let gzip = magic.starts_with(&[0x1f, 0x8b]);
        // A zstd frame, or one of the frames to skip that parallel packers put first.
        let zstd = matches!(magic[..], [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18]);
        let packed = Packed { bytes: Cursor::new(magic).chain(reader), n_read: 0 };
        Ok(if gzip {
            Self::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(HEAD, packed))))
        } else if zstd {
            let buffered = BufReader::with_capacity(HEAD, packed);
            Self::Zstd(Box::new(zstd::Decoder::with_buffer(buffered)?))
        } else {
            Self::None(packed)
        })
    }

    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::None(reader) => reader,
            Self::Gzip(reader) => reader,
            Self::Zstd(reader) => reader,
        }
    }

    /// The packing's name and the packed bytes read so far; `None` for plain bytes.
    fn progress(&self) -> Option<(&'static str, u64)> {
        match self {
            Self::None(_) => None,
            Self::Gzip(reader) => Some(("gzip", reader.get_ref().get_ref().n_read)),
            Self::Zstd(reader) => Some(("zstd", reader.get_ref().get_ref().n_read)),
        }
    }
}

impl<'r> Input<'r> {
    /// Unpacks `reader` and looks at its beginning.
    ///
    /// # Errors
    /// If nothing can be read, it is empty, or it is not text.
    pub(crate) fn open(
        place: Place,
        reader: impl Read + Send + 'r,
        limits: &Limits,
    ) -> Result<Self, ExtractError> {
        let packing =
            Packing::of(reader).map_err(|source| ExtractError::Read { place: place.clone(), source })?;
        let mut input = Self {
            place,
            packing,
            utf16: None,
            utf8: false,
            head: Vec::new(),
            head_read: 0,
            unpacked: 0,
            lines: 0,
            ended: false,
            failed: None,
            limits: *limits,
        };
        let mut head = Vec::new();
        input.unpack(&mut head, HEAD);
        input.drop_byte_order_mark(&mut head);
        input.head = head;
        if input.head.is_empty()
            && let Some(failure) = input.failed.take()
        {
            return Err(input.error(failure));
        }
        if let Some(found) = binary(&input.head) {
            return Err(ExtractError::Binary { place: input.place, found });
        }
        if input.is_whole() && input.failed.is_none() && input.head.trim_ascii().is_empty() {
            let expected = "comments: a page, a table, JSON lines or an export";
            return Err(ExtractError::Empty { place: input.place, expected });
        }
        Ok(input)
    }

    /// The input's name.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Up to [`HEAD`] bytes of the beginning, as UTF-8 if a byte order mark said how to read them.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether [`head`](Self::head) is all there is.
    pub(crate) fn is_whole(&self) -> bool {
        self.ended
    }

    /// Whether a byte order mark said that the bytes are UTF-8.
    pub(crate) fn is_utf8(&self) -> bool {
        self.utf8
    }

    /// Appends up to `n` bytes (of UTF-16, up to as many as they become) and says how many; 0 is the end.
    ///
    /// # Errors
    /// Once, when what could be read has been handed out.
    pub(crate) fn read_some(&mut self, bytes: &mut Vec<u8>, n: usize) -> Result<usize, ExtractError> {
        let before = bytes.len();
        let waiting = &self.head[self.head_read..];
        let from_head = waiting.len().min(n);
        bytes.extend_from_slice(&waiting[..from_head]);
        self.head_read += from_head;
        if self.head_read == self.head.len() {
            if !self.head.is_empty() {
                // Kept until here for sniffing; from now on only in the way.
                self.head = Vec::new();
                self.head_read = 0;
            }
            while bytes.len() < before + n && !self.ended {
                self.unpack(bytes, before + n - bytes.len());
            }
        }
        self.lines += memchr::memchr_iter(b'\n', &bytes[before..]).count() as u64;
        match self.failed.take() {
            Some(failure) if bytes.len() == before => Err(self.error(failure)),
            failed => {
                self.failed = failed;
                Ok(bytes.len() - before)
            }
        }
    }

    /// Appends about `n` bytes; notes the end, and what went wrong.
    fn unpack(&mut self, bytes: &mut Vec<u8>, n: usize) {
        let mut utf16 = Vec::new();
        let raw = if self.utf16.is_some() { &mut utf16 } else { &mut *bytes };
        let before = raw.len();
        raw.reserve(n);
        let result = self.packing.reader().take(n as u64).read_to_end(raw);
        let n_read = raw.len() - before;
        self.unpacked += n_read as u64;
        self.ended = n_read < n;
        self.failed = result.err().map(Failure::Io).or_else(|| self.passed_bound().map(Failure::Bomb));
        self.ended |= self.failed.is_some();
        if let Some(decoder) = &mut self.utf16 {
            decode_utf16(decoder, &utf16, self.ended, bytes);
        }
    }

    /// The bound on unpacking that has been passed, in words.
    fn passed_bound(&self) -> Option<String> {
        let (_, packed) = self.packing.progress()?;
        if self.limits.unpacked < self.unpacked {
            return Some(format!("{} bytes", self.limits.unpacked));
        }
        let ratio = self.unpacked / packed.max(1);
        let passed = RATIO_FROM < self.unpacked && self.limits.ratio < ratio;
        passed.then(|| format!("{} times as many", self.limits.ratio))
    }

    /// What to tell of a failure, once all that came before it has been handed out.
    fn error(&self, failure: Failure) -> ExtractError {
        let place = self.place.at_line(self.lines + 1);
        let unpacked = self.unpacked;
        match (failure, self.packing.progress()) {
            (Failure::Io(source), None) => ExtractError::Read { place, source },
            (Failure::Io(source), Some((packing, _))) => {
                ExtractError::Broken { place, packing, unpacked, source }
            }
            (Failure::Bomb(limit), progress) => {
                let packed = progress.map_or(unpacked, |(_, packed)| packed);
                ExtractError::Bomb { place, packed, unpacked, limit }
            }
        }
    }

    fn drop_byte_order_mark(&mut self, head: &mut Vec<u8>) {
        let (encoding, mark) = match head[..] {
            [0xef, 0xbb, 0xbf, ..] => (None, 3),
            [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
            [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
            _ => return,
        };
        self.utf8 = true;
        head.drain(..mark);
        if let Some(encoding) = encoding {
            let mut decoder = Box::new(encoding.new_decoder_without_bom_handling());
            let raw = std::mem::take(head);
            decode_utf16(&mut decoder, &raw, self.ended, head);
            self.utf16 = Some(decoder);
        }
    }
}

/// Appends `raw` as UTF-8; a lone surrogate becomes the byte FF, which is replaced and counted as in any other text.
fn decode_utf16(decoder: &mut Decoder, mut raw: &[u8], last: bool, bytes: &mut Vec<u8>) {
    let mut piece = [0; 4096];
    loop {
        let (result, n_read, n_written) = decoder.decode_to_utf8_without_replacement(raw, &mut piece, last);
        bytes.extend_from_slice(&piece[..n_written]);
        raw = &raw[n_read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => bytes.push(0xff),
        }
    }
}

/// What `head` is, if it is no text.
fn binary(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a zip archive or office document"),
        (b"%PDF-", "a PDF document"),
        (b"BZh", "a bzip2 file"),
        (b"\xfd7zXZ\0", "an xz file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a rar archive"),
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x7fELF", "a program"),
        (b"\x1f\x8b", "a gzip file within a gzip file"),
    ];
    let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
    known.or_else(|| head.iter().take(1024).any(|&b| b == 0).then_some("binary data"))
}
