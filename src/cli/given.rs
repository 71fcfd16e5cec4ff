//! Which of some flags were given, so that those nothing would come of can be refused by name.

/// The names of the flags that were given.
pub(super) fn given<const N: usize>(flags: [(bool, &'static str); N]) -> impl Iterator<Item = &'static str> {
    flags.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name)
}
