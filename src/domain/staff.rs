//! Who may do what: the one place where permission is decided.

use serde::{Deserialize, Serialize};

use super::ids::StaffId;

/// What a member of staff, or a machine with an API key, is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works the queue and prepares decisions.
    Agent,
    /// Works the queue and approves what others prepared.
    Approver,
    /// Data protection officer: sees everything, decides nothing (Art. 38(6)).
    Dpo,
    /// Runs the service: staff, keys, systems.
    Admin,
    /// Reads.
    Auditor,
    /// A machine that hands in requests, such as the host's portal.
    Machine,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::Agent,
        Self::Approver,
        Self::Dpo,
        Self::Admin,
        Self::Auditor,
        Self::Machine,
    ];

    /// The name on the command line, in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Approver => "approver",
            Self::Dpo => "dpo",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Machine => "machine",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role may do `what`. Everything not said here is denied.
    #[must_use]
    pub const fn may(self, what: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Agent => matches!(
                what,
                P::ReadCases | P::OpenCases | P::HandleCases | P::ReportIncidents | P::CheckSuppressions
            ),
            Self::Approver => matches!(
                what,
                P::ReadCases
                    | P::OpenCases
                    | P::HandleCases
                    | P::ApproveProposals
                    | P::StopErasures
                    | P::ReportIncidents
                    | P::HandleIncidents
                    | P::CheckSuppressions
            ),
            Self::Dpo => matches!(
                what,
                P::ReadCases
                    | P::AddNotes
                    | P::Advise
                    | P::ReadStatistics
                    | P::StopErasures
                    | P::ReportIncidents
                    | P::HandleIncidents
            ),
            Self::Admin => matches!(
                what,
                P::ManageStaff | P::ReadSystems | P::ReadStatistics | P::HandleIncidents | P::AnnounceChanges
            ),
            Self::Auditor => matches!(what, P::ReadCases | P::ReadStatistics | P::ReadSystems),
            Self::Machine => matches!(what, P::OpenCases | P::CheckSuppressions),
        }
    }
}

/// Something that needs permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See the queue and any case.
    ReadCases,
    /// Type in a request that came by another way.
    OpenCases,
    /// Claim, judge identity, plan, prepare a refusal, write to the person.
    HandleCases,
    /// Add a note.
    AddNotes,
    /// Record advice as data protection officer.
    Advise,
    /// Report a personal data breach on a case.
    ReportIncidents,
    /// Follow reported breaches: notify the authority, close them.
    HandleIncidents,
    /// Approve or reject what another person prepared.
    ApproveProposals,
    /// Stop an approved erasure before it starts.
    StopErasures,
    /// Add, deactivate and reset staff, and manage API keys.
    ManageStaff,
    /// See the connected systems and what is wrong with them.
    ReadSystems,
    /// See figures across cases.
    ReadStatistics,
    /// Ask which addresses marketing must leave alone.
    CheckSuppressions,
    /// Announce changes of the privacy policy and of the register of recipients.
    AnnounceChanges,
}

/// Who does something to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// The person whose case it is, or someone acting for them.
    Person,
    /// A member of staff or a machine.
    Staff {
        /// Who.
        id: StaffId,
        /// As what, at that moment.
        role: Role,
    },
    /// A recipient that answers its notice.
    Recipient,
    /// The service itself.
    System,
}

impl Actor {
    /// The actor's name in the audit trail: a pseudonym, never a name or an address.
    #[must_use]
    pub fn pseudonym(&self) -> String {
        match self {
            Self::Person => "person".to_owned(),
            Self::Staff { id, role } => format!("{}:{id}", role.name()),
            Self::Recipient => "recipient".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    /// The member of staff, when it is one.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        match self {
            Self::Staff { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether the actor may do `what`. The person and the recipient act through their own
    /// use cases, which ask for their codes, so only staff are asked here.
    #[must_use]
    pub const fn may(&self, what: Permission) -> bool {
        match self {
            Self::Staff { role, .. } => role.may(what),
            Self::System => true,
            Self::Person | Self::Recipient => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Permission as P;

    const ALL: [Permission; 14] = [
        P::ReadCases,
        P::OpenCases,
        P::HandleCases,
        P::AddNotes,
        P::Advise,
        P::ReportIncidents,
        P::HandleIncidents,
        P::ApproveProposals,
        P::StopErasures,
        P::ManageStaff,
        P::ReadSystems,
        P::ReadStatistics,
        P::CheckSuppressions,
        P::AnnounceChanges,
    ];

    #[test]
    fn the_matrix_is_the_one_agreed() {
        let mut table = String::new();
        for role in Role::ALL {
            let granted: Vec<String> = ALL
                .into_iter()
                .filter(|p| role.may(*p))
                .map(|p| format!("{p:?}"))
                .collect();
            table.push_str(&format!("{}: {}\n", role.name(), granted.join(" ")));
        }
        insta::assert_snapshot!(table, @r"
        agent: ReadCases OpenCases HandleCases ReportIncidents CheckSuppressions
        approver: ReadCases OpenCases HandleCases ReportIncidents HandleIncidents ApproveProposals StopErasures CheckSuppressions
        dpo: ReadCases AddNotes Advise ReportIncidents HandleIncidents StopErasures ReadStatistics
        admin: HandleIncidents ManageStaff ReadSystems ReadStatistics AnnounceChanges
        auditor: ReadCases ReadSystems ReadStatistics
        machine: OpenCases CheckSuppressions
        ");
    }

    #[test]
    fn the_data_protection_officer_never_decides() {
        assert!(!Role::Dpo.may(P::ApproveProposals));
        assert!(!Role::Dpo.may(P::HandleCases));
    }

    #[test]
    fn names_lead_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("root"), None);
    }

    #[test]
    fn only_staff_and_the_service_hold_permissions() {
        assert!(!Actor::Person.may(P::ReadCases));
        assert!(!Actor::Recipient.may(P::ReadCases));
        assert!(Actor::System.may(P::HandleCases));
    }
}
