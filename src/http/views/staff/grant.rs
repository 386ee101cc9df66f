//! What is granted, or would be: old and new, what is only recorded, what is refused, who is told.

/// The terms of a grant.
#[derive(Clone, Debug, Default)]
pub struct GrantTerms {
    /// What names exactly these terms.
    pub hash: String,
    /// Whether another person must approve them.
    pub needs_another: bool,
    /// Values that are set.
    pub set: Vec<SetRow>,
    /// Documents in which nothing is set.
    pub recorded: Vec<RecordedRow>,
    /// Where rows are marked as restricted.
    pub marked: Vec<String>,
    /// Where staff mark them by hand.
    pub by_hand: Vec<String>,
    /// What is refused: what, the ground in words, the reasons.
    pub refused: Vec<(String, String, String)>,
    /// The names of the recipients that are told.
    pub told: Vec<String>,
}

/// A value that is set.
#[derive(Clone, Debug)]
pub struct SetRow {
    /// The system's name.
    pub system: String,
    /// What the table holds, in the reader's language.
    pub what: String,
    /// The field, in the reader's language.
    pub field: String,
    /// What stands there.
    pub old: Option<String>,
    /// What is to stand there.
    pub new: String,
}

/// A document that stays as it is.
#[derive(Clone, Debug)]
pub struct RecordedRow {
    /// The system's name.
    pub system: String,
    /// What it is.
    pub what: String,
    /// The field.
    pub field: String,
    /// What stands there.
    pub old: String,
    /// What is right.
    pub new: String,
    /// The law in words.
    pub ground: String,
}

/// What was typed into the form that grants.
#[derive(Clone, Debug, Default)]
pub struct TypedGrant {
    /// By field, as in the data map.
    pub values: Vec<(&'static str, String)>,
    /// What is refused.
    pub refused_item: String,
    /// On which ground.
    pub refused_ground: String,
    /// For which reasons.
    pub refused_reason: String,
}
