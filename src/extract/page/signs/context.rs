//! Where a node lies.

/// Where a node lies, inherited from its ancestors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::extract::page) struct Context(u8);

impl Context {
    /// In something that is never a reader's words.
    pub(in crate::extract::page) const MUTE: Self = Self(1);
    /// Beside the matter: navigation, teasers, lists of recent things.
    pub(in crate::extract::page) const ASIDE: Self = Self(2);
    /// In a form to fill in.
    pub(in crate::extract::page) const FORM: Self = Self(4);
    /// In something named for comments.
    pub(in crate::extract::page) const COMMENTS: Self = Self(8);
    /// In a link.
    pub(in crate::extract::page) const LINK: Self = Self(16);

    pub(in crate::extract::page) fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
    pub(in crate::extract::page) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
