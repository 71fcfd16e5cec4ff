//! The stock of words that names of parts are made of.

use super::Meaning;

const fn both(a: Meaning, b: Meaning) -> Meaning {
    Meaning(a.0 | b.0)
}

/// The stock: meaning, and the words that have it, in English, German, French, Spanish, Portuguese, Italian,
/// Dutch, Polish, Czech, the Scandinavian languages, Russian, Turkish, Japanese.
pub(super) const STOCK: &[(Meaning, &str)] = &[
    (
        Meaning::COMMENT,
        "comment cmt cmnt komment kommentar leserkommentar lesermeinung leserbrief leserpost commentaire comentario \
         comentário commento reactie komentarz komentar komentář коммент комментарий комментария отзыв yorum コメント \
         reaction reaktion wpdiscuz disqus cusdis giscus utterances respuesta guestbook gaestebuch gästebuch talkback usercomment",
    ),
    (
        both(Meaning::COMMENT, Meaning::MANY),
        "comments cmts kommentare kommentarer leserkommentare leserbriefe commentaires comentarios comentários commenti \
         reacties komentarze komentarzy komentare komentáře комментарии комментариев отзывы yorumlar reactions reaktionen \
         commentlist opiniones forumcomments diskuse diskusia \
         leserstimmen wortmeldungen kommentit hozzaszolasok comentarii sxolia σχόλια תגובות تعليقات نظرات 댓글 评论 評論 留言 コメント一覧",
    ),
    (Meaning::REVIEW, "review rezension bewertung recensione recensie avis reseña resena opinia testimonial"),
    (
        both(Meaning::REVIEW, Meaning::MANY),
        "reviews rezensionen bewertungen recensioni recensies reseñas opinie",
    ),
    (
        Meaning::POST,
        "post posting beitrag mensaje messaggio bericht wpis сообщение пост tweet status postbit prispevek příspěvek wortmeldung hozzaszolas inlägg innlegg indlæg",
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
         userlink who by owner hcard name login signed authorname jmeno jméno imie nev namn navn nimi",
    ),
    (
        Meaning::DATE,
        "date time datetime timestamp published created ago datum zeit uhrzeit zeitpunkt fecha hora heure posted дата время \
         when age postdate timeago datestamp createdate data commented postedon",
    ),
    (
        Meaning::BODY,
        "content contents text body copy inhalt texte texto testo tekst contenu txt prose markdown usertext messagebody \
         contenido treść tresc текст description richtext html userhtml corpo cuerpo obsah tekstas szoveg innehåll",
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
pub(super) const STEMS: &[&str] = &[
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
