//! The attributes that say something of comments: their names, and where a page's values are kept.

use std::ops::Range;
use std::sync::LazyLock;

macro_rules! keys {
    ($($key:ident = $name:literal,)*) => {
        /// The attributes anything here looks at; the last ones are Reddit's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key {
            $($key,)*
        }

        const KEYS: &[(&str, Key)] = &[$(($name, Key::$key),)*];
    };
}

keys! {
    Class = "class",
    Id = "id",
    Href = "href",
    Title = "title",
    Datetime = "datetime",
    Rel = "rel",
    Role = "role",
    Type = "type",
    Name = "name",
    Content = "content",
    Alt = "alt",
    Lang = "lang",
    Property = "property",
    Typeof = "typeof",
    Itemprop = "itemprop",
    Itemtype = "itemtype",
    Itemscope = "itemscope",
    Style = "style",
    Width = "width",
    Src = "src",
    AriaLevel = "aria-level",
    AriaLabel = "aria-label",
    Author = "author",
    Score = "score",
    Permalink = "permalink",
    Depth = "depth",
    CreatedTimestamp = "created-timestamp",
    Thingid = "thingid",
    Parentid = "parentid",
    Shadowrootmode = "shadowrootmode",
    Charset = "charset",
    Encoding = "encoding",
    DataAuthor = "data-author",
    DataTime = "data-time",
    DataTimestamp = "data-timestamp",
    DataUtime = "data-utime",
    DataDatetime = "data-datetime",
    DataDate = "data-date",
    DataCreated = "data-created",
    DataCreatedAt = "data-created-at",
    DataEpoch = "data-epoch",
    DataOriginalTitle = "data-original-title",
    DataCommentId = "data-comment-id",
    DataId = "data-id",
    DataPostId = "data-post-id",
    DataPid = "data-pid",
    DataMessageId = "data-message-id",
    DataCommentid = "data-commentid",
    DataDepth = "data-depth",
    DataLevel = "data-level",
    DataIndent = "data-indent",
    DataTestid = "data-testid",
    DataRole = "data-role",
    DataType = "data-type",
    DataQa = "data-qa",
    DataParentId = "data-parent-id",
    DataParentid = "data-parentid",
    DataParent = "data-parent",
    DataScore = "data-score",
    Indent = "indent",
}

// A set of them is a number of 64 bits.
const _: () = assert!(KEYS.len() <= 64);

/// No name is longer.
const LONGEST: usize = 19;

/// Attributes with names of one length.
type Alike = Vec<(&'static [u8], Key)>;

/// [`KEYS`] by the lengths of their names.
static BY_LENGTH: LazyLock<[Alike; LONGEST + 1]> = LazyLock::new(|| {
    std::array::from_fn(|length| {
        let alike = KEYS.iter().filter(|(name, _)| name.len() == length);
        alike.map(|(name, key)| (name.as_bytes(), *key)).collect()
    })
});

/// Which attribute is called `name`, in whatever case, if its value can say anything.
pub(super) fn wanted(name: &[u8], value: &[u8]) -> Option<Key> {
    if value.len() > 2_000 {
        return None;
    }
    let alike = BY_LENGTH.get(name.len())?;
    let (_, key) = alike.iter().find(|(wanted, _)| {
        // Most names differ in their last letter already.
        wanted.last().copied() == name.last().map(u8::to_ascii_lowercase) && wanted.eq_ignore_ascii_case(name)
    })?;
    let says = match key {
        // Depth in old tables.
        Key::Style => value
            .windows(11)
            .any(|w| w.eq_ignore_ascii_case(b"margin-left") || w.eq_ignore_ascii_case(b"adding-left")),
        _ => true,
    };
    says.then_some(*key)
}

/// One attribute that was kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attr {
    pub(super) key: Key,
    start: u32,
    end: u32,
}

/// All attributes of a page, with their values in one string.
#[derive(Debug, Default)]
pub(super) struct Attrs {
    list: Vec<Attr>,
    values: String,
}

impl Attrs {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds one.
    pub(super) fn push(&mut self, key: Key, value: &str) {
        let start = self.values.len();
        // Pages are bounded far below 4 GiB.
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(start + value.len())) {
            self.values.push_str(value);
            self.list.push(Attr { key, start, end });
        }
    }

    /// Forgets all but the first `n`.
    pub(super) fn truncate(&mut self, n: usize) {
        if let Some(first) = self.list.get(n) {
            self.values.truncate(first.start as usize);
        }
        self.list.truncate(n);
    }

    /// Those in `range`.
    pub(super) fn list(&self, range: Range<usize>) -> &[Attr] {
        &self.list[range]
    }

    /// The same in another order.
    pub(super) fn replace_list(&mut self, list: Vec<Attr>) {
        self.list = list;
    }

    /// What `attr` says.
    pub(super) fn value(&self, attr: Attr) -> &str {
        &self.values[attr.start as usize..attr.end as usize]
    }
}
