//! What the words in a page's `class`, `id` and `itemprop` values say an element is.
//!
//! Web pages name their parts for those who style them. The names differ from site to site, but they are made of
//! a small stock of words, in the language of whoever made the page. A value is cut into words (`commentList`,
//! `comment-list`, `commentlist` alike), each is looked up, and the meanings are joined.
//! Nothing here knows a site.

use crate::extract::date::push_lowercase;
use rustc_hash::FxHashMap;
use std::ops::{BitOr, BitOrAssign};
use std::sync::LazyLock;

/// A set of meanings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::extract) struct Meaning(u32);

impl Meaning {
    pub(in crate::extract) const NONE: Self = Self(0);
    /// What readers write below an article.
    pub(in crate::extract) const COMMENT: Self = Self(1);
    /// What people write in a forum; also an article of a blog.
    pub(in crate::extract) const POST: Self = Self(1 << 1);
    /// An answer to another comment; also the button that begins one.
    pub(in crate::extract) const REPLY: Self = Self(1 << 2);
    /// A word in the plural: what holds many.
    pub(in crate::extract) const MANY: Self = Self(1 << 3);
    /// A list, area, section.
    pub(in crate::extract) const LIST: Self = Self(1 << 4);
    /// Something to fill in.
    pub(in crate::extract) const FORM: Self = Self(1 << 5);
    /// Something to press: reply, report, share.
    pub(in crate::extract) const ACTION: Self = Self(1 << 6);
    /// Who wrote it.
    pub(in crate::extract) const AUTHOR: Self = Self(1 << 7);
    /// When it was written.
    pub(in crate::extract) const DATE: Self = Self(1 << 8);
    /// What was written.
    pub(in crate::extract) const BODY: Self = Self(1 << 9);
    /// A line that stands under all of a person's posts.
    pub(in crate::extract) const SIGNATURE: Self = Self(1 << 10);
    /// Somebody else's words.
    pub(in crate::extract) const QUOTE: Self = Self(1 << 11);
    /// A person's picture.
    pub(in crate::extract) const AVATAR: Self = Self(1 << 12);
    /// Votes and points.
    pub(in crate::extract) const VOTE: Self = Self(1 << 13);
    /// What stands beside the matter: teasers, advertisements, navigation, recent and related things.
    pub(in crate::extract) const ASIDE: Self = Self(1 << 14);
    /// Facts about a comment or its author.
    pub(in crate::extract) const ABOUT: Self = Self(1 << 15);
    /// A notice of another page that links here.
    pub(in crate::extract) const PINGBACK: Self = Self(1 << 16);
    /// A forum, thread or board.
    pub(in crate::extract) const FORUM: Self = Self(1 << 17);
    /// The comments that answer this one.
    pub(in crate::extract) const CHILDREN: Self = Self(1 << 18);
    /// A number of things.
    pub(in crate::extract) const COUNT: Self = Self(1 << 19);
    /// A headline.
    pub(in crate::extract) const TITLE: Self = Self(1 << 20);
    /// A note that it was edited.
    pub(in crate::extract) const EDITED: Self = Self(1 << 21);
    /// A review or rating of a product, recipe, place.
    pub(in crate::extract) const REVIEW: Self = Self(1 << 22);
    /// An article, story or news item.
    pub(in crate::extract) const STORY: Self = Self(1 << 23);
    /// Somebody's line on their rank, join date, number of posts.
    pub(in crate::extract) const PROFILE: Self = Self(1 << 24);
    /// A file hung onto a post.
    pub(in crate::extract) const ATTACHED: Self = Self(1 << 25);
    /// Hidden from those who see, read out to those who do not.
    pub(in crate::extract) const UNSEEN: Self = Self(1 << 26);

    /// Whether any of `others` is in the set.
    pub(in crate::extract) fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether it is empty.
    pub(in crate::extract) fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Meaning {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Meaning {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

const fn both(a: Meaning, b: Meaning) -> Meaning {
    Meaning(a.0 | b.0)
}

/// The stock: meaning, and the words that have it, in English, German, French, Spanish, Portuguese, Italian,
/// Dutch, Polish, Czech, the Scandinavian languages, Russian, Turkish, Japanese.
const STOCK: &[(Meaning, &str)] = &[
    (
        Meaning::COMMENT,
        "comment cmt cmnt komment kommentar leserkommentar lesermeinung leserbrief leserpost commentaire comentario \
         comentário commento reactie komentarz komentar komentář коммент комментарий комментария отзыв yorum コメント \
         reaction reaktion wpdiscuz disqus respuesta guestbook gaestebuch gästebuch talkback usercomment",
    ),
    (
        both(Meaning::COMMENT, Meaning::MANY),
        "comments cmts kommentare kommentarer leserkommentare leserbriefe commentaires comentarios comentários commenti \
         reacties komentarze komentarzy komentare komentáře комментарии комментариев отзывы yorumlar reactions reaktionen \
         commentlist opiniones forumcomments",
    ),
    (Meaning::REVIEW, "review rezension bewertung recensione recensie avis reseña resena opinia testimonial"),
    (
        both(Meaning::REVIEW, Meaning::MANY),
        "reviews rezensionen bewertungen recensioni recensies reseñas opinie",
    ),
    (
        Meaning::POST,
        "post posting beitrag mensaje messaggio bericht wpis сообщение пост tweet status postbit",
    ),
    (
        both(Meaning::POST, Meaning::MANY),
        "posts postings messages msgs beiträge beitraege mensajes messaggi berichten сообщения",
    ),
    (
        both(Meaning::POST, Meaning::BODY),
        "message msg kmessage kmsg phml postbody postcontent posttext postmessage messagetext",
    ),
    (both(Meaning::POST, Meaning::REPLY), "answer antwort réponse reponse risposta antwoord odpowiedź ответ"),
    (
        both(both(Meaning::POST, Meaning::REPLY), Meaning::MANY),
        "answers antworten réponses reponses respuestas risposte ответы",
    ),
    (Meaning::REPLY, "reply replies response respond responses"),
    (Meaning::CHILDREN, "indented children childs nested subcomments child replies threaded kids"),
    (
        Meaning::LIST,
        "list liste lista area section container wrapper listing thread threads tree feed stream group",
    ),
    (
        Meaning::FORM,
        "form formular formulaire formulario respond input textarea editor login signin signup register subscribe \
         newsletter captcha recaptcha honeypot fieldset submit placeholder composer textbox compose",
    ),
    (
        Meaning::ACTION,
        "action actions button buttons btn report flag share sharing permalink edit delete toolbar controls control melden \
         signaler denunciar toolbox tools tool menu dropdown social bookmark replylink replybutton links navi moderate \
         footer foot collapse expand toggle showmore like likes dislike options buttonbar postbuttons addthis",
    ),
    (
        Meaning::AUTHOR,
        "author authors user username usernames nick nickname poster member membername vcard fn byline autor auteur autore nutzer \
         benutzer benutzername verfasser utilisateur usuario utente gebruiker użytkownik uzytkownik автор имя commenter \
         commentator creator person displayname screenname persona writer pseudo pseudonym pseudonyme nombre nome apodo postername uname \
         userlink who by owner hcard name login signed authorname",
    ),
    (
        Meaning::DATE,
        "date time datetime timestamp published created ago datum zeit uhrzeit zeitpunkt fecha hora heure posted дата время \
         when age postdate timeago datestamp createdate data commented postedon",
    ),
    (
        Meaning::BODY,
        "content contents text body copy inhalt texte texto testo tekst contenu txt prose markdown usertext messagebody \
         contenido treść tresc текст description richtext html userhtml corpo cuerpo",
    ),
    (Meaning::SIGNATURE, "signature sig signatur signatures usersig"),
    (
        Meaning::QUOTE,
        "quote quoted quotes quotation zitat blockquote citation quoteheader quotecontent cite cita citazione cytat цитата",
    ),
    (Meaning::AVATAR, "avatar avatars gravatar userpic portrait photo userphoto profilepic profilbild"),
    (
        Meaning::VOTE,
        "vote votes voting score points karma rating ratings upvote upvotes downvote thumbs thumb stars star votecount likecount \
         upvoted likes stimmen votos punkte",
    ),
    (
        Meaning::ASIDE,
        "sidebar widget related recommended recommendation recommendations teaser teasers promo ad ads adv advert adverts \
         advertisement advertising anzeige werbung sponsored sponsor recent latest popular trending mostread breadcrumb \
         breadcrumbs pagination pager paging nav navigation navbar banner cookie consent tags tagcloud outbrain taboola similar \
         newest newsticker aktuell letzte neueste meistgelesen blogroll archive archives topstories suggested adsense dfp ticker liveticker liveblog timeline liveblogposting",
    ),
    (
        Meaning::ABOUT,
        "meta info details detail infos byline head header tagline metadata subline postdetails postinfo",
    ),
    (Meaning::PINGBACK, "pingback pingbacks trackback trackbacks pings webmention webmentions"),
    (
        Meaning::FORUM,
        "forum forums topic topics phpbb vbulletin xenforo mybb smf viewtopic showthread viewthread bbp bbpress",
    ),
    (Meaning::COUNT, "count counter number total anzahl num"),
    (Meaning::TITLE, "title headline heading titel titre titulo título titolo subject betreff"),
    (
        Meaning::EDITED,
        "edited editby lastedit editdate lastedited edittime modified editedby lastediteduser editnote",
    ),
    (Meaning::STORY, "article artikel story news hentry entry"),
    (
        Meaning::PROFILE,
        "profile userinfo userdetails usertitle postprofile rank ranks joined joindate location reputation memberinfo \
         extrauserinfo userextras posterinfo badge badges profil userstats authorinfo userdata",
    ),
    (Meaning::ATTACHED, "attachment attachments attachbox attach caption thumbnails"),
    // Words that only join others: `blockpost`, `postrow`.
    (
        Meaning::NONE,
        "block box item row wrap holder inner outer col column left right main new old single user wrap cell first last odd even top js view main",
    ),
    (Meaning::UNSEEN, "hidden sr visuallyhidden offscreen"),
];

/// Stems that mean a comment whatever follows (`kommentarfeld`, `commentaires2`).
const STEMS: &[&str] = &[
    "comment",
    "kommentar",
    "comentari",
    "comentári",
    "komentar",
    "коммент",
    "leserbrief",
    "lesermeinung",
    "wpdiscuz",
    "reactie",
];

static WORDS: LazyLock<FxHashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for (meaning, list) in STOCK {
        for word in list.split_whitespace() {
            *words.entry(word).or_insert(Meaning::NONE) |= *meaning;
        }
    }
    words
});

/// The meanings of a whole attribute value.
pub(in crate::extract) fn meaning(value: &str) -> Meaning {
    let mut sum = Meaning::NONE;
    let mut user = false;
    let mut field = false;
    each_word(value, |word| {
        // `userContent` is what a user wrote, not who the user is.
        let own = word_meaning(word);
        if user && !own.any(Meaning::BODY | Meaning::POST | Meaning::COMMENT) {
            sum |= Meaning::AUTHOR;
        }
        user = word == "user";
        // `field--name-body` is a field called so.
        if !(user || field && word == "name") {
            sum |= own;
        }
        field = word == "field";
    });
    if user { sum | Meaning::AUTHOR } else { sum }
}

/// Hands each word of a value, in lower case, to `visit`.
fn each_word(value: &str, mut visit: impl FnMut(&str)) {
    // A value longer than this is data, not names.
    const MOST: usize = 400;
    if value.is_ascii() && value.len() <= MOST {
        let lower = value.to_ascii_lowercase();
        let bytes = value.as_bytes();
        let mut start = 0;
        for (at, b) in bytes.iter().enumerate() {
            let joint = b.is_ascii_uppercase() && at > 0 && bytes[at - 1].is_ascii_lowercase();
            if joint || !b.is_ascii_alphabetic() {
                if start < at {
                    visit(&lower[start..at]);
                }
                start = if joint { at } else { at + 1 };
            }
        }
        if start < bytes.len() {
            visit(&lower[start..]);
        }
        return;
    }
    let mut word = String::new();
    let mut last_lower = false;
    for c in value.chars().take(MOST) {
        if (c.is_uppercase() && last_lower || !c.is_alphabetic()) && !word.is_empty() {
            visit(&word);
            word.clear();
        }
        if c.is_alphabetic() {
            push_lowercase(c, &mut word);
        }
        last_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        visit(&word);
    }
}

/// The meanings of one word in lower case.
fn word_meaning(word: &str) -> Meaning {
    if let Some(meaning) = WORDS.get(word) {
        return *meaning;
    }
    if word.len() < 6 || word.len() > 40 {
        return Meaning::NONE;
    }
    if let Some(joined) = compound(word) {
        return joined;
    }
    if STEMS.iter().any(|s| word.starts_with(s)) {
        return Meaning::COMMENT;
    }
    // `hnuser`, `bbauthor`
    if ["user", "username", "author", "nick"].iter().any(|s| word.ends_with(s)) {
        Meaning::AUTHOR
    } else {
        Meaning::NONE
    }
}

/// The joined meanings of a word that is made of stock words: longest first, with nothing left over.
fn compound(word: &str) -> Option<Meaning> {
    let mut rest = word;
    let mut sum = Meaning::NONE;
    while !rest.is_empty() {
        let ends = rest.char_indices().map(|(i, c)| i + c.len_utf8()).rev();
        let (end, meaning) = ends
            .filter(|end| *end >= 3 && *end < word.len())
            .find_map(|end| WORDS.get(&rest[..end]).map(|m| (end, *m)))?;
        sum |= meaning;
        rest = &rest[end..];
        if matches!(rest, "s" | "e" | "en" | "er" | "n") {
            break;
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_they_are_joined() {
        for value in
            ["comment-list", "commentList", "commentlist", "comment_list", "COMMENT list", "kommentarliste"]
        {
            let m = meaning(value);
            assert!(m.any(Meaning::COMMENT) && m.any(Meaning::LIST | Meaning::MANY), "{value}");
        }
        assert!(meaning("postbody").any(Meaning::BODY));
        assert!(meaning("Kommentarfeld").any(Meaning::COMMENT));
        assert!(meaning("recent-comments widget").any(Meaning::ASIDE));
        assert!(meaning("комментарии").any(Meaning::COMMENT));
        assert_eq!(meaning("commune-12"), Meaning::NONE);
        assert_eq!(meaning(""), Meaning::NONE);
    }
}
