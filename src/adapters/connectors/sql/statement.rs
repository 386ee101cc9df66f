//! A statement in the making: its text, and the values bound to it in any order.

use super::error::Failure;

/// What stands around the number of a value in the text: no name in a database can hold it.
const MARK: char = '\0';

/// A value that goes to the server apart from the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    /// A text, or none.
    Text(Option<String>),
    /// Many, where the server takes arrays.
    Texts(Vec<Option<String>>),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
}

/// The values of a statement, in the order in which they were bound.
#[derive(Debug, Default)]
pub struct Bound(Vec<Param>);

impl Bound {
    /// Binds a value; what stands for it in the text, as often as is wanted.
    pub fn add(&mut self, param: Param) -> String {
        self.0.push(param);
        format!("{MARK}{}{MARK}", self.0.len())
    }

    /// Binds a text.
    pub fn text(&mut self, text: impl Into<String>) -> String {
        self.add(Param::Text(Some(text.into())))
    }
}

/// A statement with its values.
#[derive(Debug)]
pub struct Statement {
    text: String,
    bound: Bound,
}

impl Statement {
    pub fn new(text: String, bound: Bound) -> Self {
        Self { text, bound }
    }

    /// One without values.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text.into(), Bound::default())
    }

    /// The text with what `name` says for each value, and the values as they occur in it.
    pub fn written(&self, mut name: impl FnMut(usize) -> String) -> Result<(String, Vec<&Param>), Failure> {
        let (mut text, mut params) = (String::with_capacity(self.text.len()), Vec::new());
        for (at, piece) in self.text.split(MARK).enumerate() {
            if at % 2 == 0 {
                text.push_str(piece);
                continue;
            }
            let number: Option<usize> = piece.parse().ok();
            let param = number.and_then(|number| Some((number, self.bound.0.get(number.checked_sub(1)?)?)));
            let (number, param) =
                param.ok_or_else(|| Failure::refused("a statement with a value that is not bound"))?;
            text.push_str(&name(number));
            params.push(param);
        }
        Ok((text, params))
    }

    /// The values in the order in which they were bound.
    pub fn params(&self) -> &[Param] {
        &self.bound.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_named_by_their_number_or_given_as_they_occur() {
        let mut bound = Bound::default();
        let (first, second) = (bound.text("a"), bound.add(Param::Int(7)));
        let statement = Statement::new(format!("{second} $1 ? {first} {second}"), bound);
        let numbered = statement.written(|number| format!("${number}")).unwrap();
        assert_eq!(numbered.0, "$2 $1 ? $1 $2");
        let (text, params) = statement.written(|_| "?".to_owned()).unwrap();
        assert_eq!(text, "? $1 ? ? ?");
        let (a, seven) = (Param::Text(Some("a".into())), Param::Int(7));
        assert_eq!(params, [&seven, &a, &seven]);
        assert_eq!(statement.params(), [a, seven]);
    }

    #[test]
    fn a_value_that_was_never_bound_is_refused() {
        let statement = Statement::plain(format!("{MARK}1{MARK}"));
        assert!(statement.written(|_| String::new()).is_err());
    }
}
