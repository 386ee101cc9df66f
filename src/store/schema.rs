//! The tables, as `diesel print-schema` writes them; a test holds this file against a migrated database.

diesel::table! {
    accountability_digests (kind, digest, case_id) {
        case_id -> Uuid,
        kind -> Text,
        digest -> Bytea,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        staff_id -> Uuid,
        digest -> Bytea,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_checkpoints (number) {
        number -> BigInt,
        at -> Timestamptz,
        streams -> BigInt,
        events -> BigInt,
        root -> Bytea,
        previous -> Bytea,
        signature -> Bytea,
    }
}

diesel::table! {
    audit_disposals (stream) {
        stream -> Uuid,
        events -> BigInt,
        first -> Bytea,
        last -> Bytea,
        checkpoint -> BigInt,
        at -> Timestamptz,
        signature -> Bytea,
    }
}

diesel::table! {
    audit_events (stream, seq) {
        stream -> Uuid,
        seq -> BigInt,
        at -> Timestamptz,
        actor -> Text,
        action -> Text,
        detail -> Jsonb,
        hash -> Bytea,
    }
}

diesel::table! {
    audit_heads (stream) {
        stream -> Uuid,
        seq -> BigInt,
        hash -> Bytea,
        sealed -> BigInt,
    }
}

diesel::table! {
    audit_seals (stream, last) {
        stream -> Uuid,
        last -> BigInt,
        first -> BigInt,
        hash -> Bytea,
        checkpoint -> BigInt,
    }
}

diesel::table! {
    case_access (digest) {
        digest -> Bytea,
        case_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    case_clocks (case_id) {
        case_id -> Uuid,
        reopened_at -> Nullable<Timestamptz>,
        first_due_on -> Nullable<Date>,
        due_early_on -> Nullable<Date>,
        alarm_step -> SmallInt,
        reminded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    case_digests (kind, digest, case_id) {
        case_id -> Uuid,
        kind -> Text,
        digest -> Bytea,
    }
}

diesel::table! {
    case_links (from_case, to_case) {
        from_case -> Uuid,
        to_case -> Uuid,
    }
}

diesel::table! {
    case_messages (id) {
        id -> Uuid,
        case_id -> Uuid,
        at -> Timestamptz,
        author -> Text,
        kind -> Text,
        sealed -> Bytea,
    }
}

diesel::table! {
    case_states (of_right, state) {
        of_right -> Text,
        state -> Text,
    }
}

diesel::table! {
    case_transitions (from_state, to_state) {
        from_state -> Text,
        to_state -> Text,
    }
}

diesel::table! {
    cases (id) {
        id -> Uuid,
        reference -> Text,
        #[sql_name = "right"]
        right_ -> Text,
        state -> Text,
        version -> BigInt,
        channel -> Text,
        language -> Text,
        received_at -> Timestamptz,
        extended -> Bool,
        due_on -> Date,
        identity_level -> SmallInt,
        required_level -> SmallInt,
        on_hold -> Bool,
        assignee -> Nullable<Uuid>,
        attention -> Nullable<Text>,
        cool_off_until -> Nullable<Timestamptz>,
        asked_on -> Nullable<Date>,
        state_since -> Timestamptz,
        refusal_ground -> Nullable<Text>,
        sealed -> Nullable<Bytea>,
        created_at -> Timestamptz,
        idempotency_digest -> Nullable<Bytea>,
        idempotency_body -> Nullable<Bytea>,
        message_waits -> Bool,
        partly_done -> Bool,
        merged_into -> Nullable<Uuid>,
        thinned_at -> Nullable<Timestamptz>,
        hold_ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    challenges (id) {
        id -> Uuid,
        case_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        attempts -> Integer,
        typed_digest -> Bytea,
        typed_used_at -> Nullable<Timestamptz>,
        on_file_digest -> Nullable<Bytea>,
        on_file_used_at -> Nullable<Timestamptz>,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    change_letters (change_id, case_id) {
        change_id -> Uuid,
        case_id -> Uuid,
    }
}

diesel::table! {
    changes (id) {
        id -> Uuid,
        what -> Text,
        announced_at -> Timestamptz,
        announced_by -> Uuid,
        effective_on -> Date,
        text_sv -> Text,
        text_en -> Text,
    }
}

diesel::table! {
    erasure_ledger (id) {
        id -> Uuid,
        case_id -> Uuid,
        system -> Text,
        tbl -> Text,
        cause -> Text,
        row_digest -> Bytea,
        proofs -> Array<Nullable<Bytea>>,
        gone_at -> Timestamptz,
        expires_on -> Date,
        undone_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    erasure_steps (plan_id, ordinal) {
        case_id -> Uuid,
        plan_id -> Uuid,
        ordinal -> Integer,
        system -> Text,
        tbl -> Text,
        kind -> Text,
        state -> Text,
        planned -> BigInt,
        done -> BigInt,
        appeared -> BigInt,
        failure -> Nullable<Text>,
        finished_at -> Nullable<Timestamptz>,
        sealed -> Nullable<Bytea>,
        thawed_at -> Nullable<Timestamptz>,
        by_hand -> Bool,
    }
}

diesel::table! {
    forwardings (case_id, at) {
        case_id -> Uuid,
        at -> Timestamptz,
        may_name -> Bool,
        token_digest -> Bytea,
        code_digest -> Bytea,
        sealed -> Bytea,
    }
}

diesel::table! {
    grant_steps (case_id, grant_hash, ordinal) {
        case_id -> Uuid,
        grant_hash -> Text,
        ordinal -> Integer,
        system -> Text,
        tbl -> Text,
        kind -> Text,
        state -> Text,
        done -> BigInt,
        failure -> Nullable<Text>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    handoffs (jti_digest) {
        jti_digest -> Bytea,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    incidents (id) {
        id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        aware_at -> Timestamptz,
        notify_by -> Timestamptz,
        reported_by -> Uuid,
        sealed -> Nullable<Bytea>,
        notified_at -> Nullable<Timestamptz>,
        state -> Text,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
        done_sealed -> Nullable<Bytea>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        payload -> Jsonb,
        case_id -> Nullable<Uuid>,
        state -> Text,
        run_at -> Timestamptz,
        priority -> SmallInt,
        failures -> Integer,
        lease -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        failure -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    legal_holds (id) {
        id -> Uuid,
        case_id -> Uuid,
        put_at -> Timestamptz,
        put_by -> Uuid,
        told -> Bool,
        sealed -> Bytea,
        lifted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    mails (id) {
        id -> Uuid,
        case_id -> Nullable<Uuid>,
        notice_id -> Nullable<Uuid>,
        template -> Text,
        language -> Text,
        sealed -> Nullable<Bytea>,
        state -> Text,
        queued_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        attempts -> Integer,
        failure -> Nullable<Text>,
        bounced_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    manual_tasks (id) {
        id -> Uuid,
        case_id -> Uuid,
        system -> Text,
        tbl -> Text,
        kind -> Text,
        created_at -> Timestamptz,
        due_on -> Date,
        reminded_on -> Nullable<Date>,
        done_at -> Nullable<Timestamptz>,
        done_by -> Nullable<Uuid>,
        amount -> Nullable<Integer>,
        sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    notice_answers (id) {
        id -> BigInt,
        notice_id -> Uuid,
        at -> Timestamptz,
        outcome -> Text,
        ground -> Nullable<Text>,
        statute -> Nullable<Text>,
        backups_until -> Nullable<Date>,
        comment_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    notices (id) {
        id -> Uuid,
        case_id -> Uuid,
        recipient -> Text,
        kind -> Text,
        channel -> Text,
        independent -> Bool,
        state -> Text,
        state_since -> Timestamptz,
        why -> Nullable<Text>,
        token_digest -> Nullable<Bytea>,
        code_digest -> Nullable<Bytea>,
        attempts -> Integer,
        attempts_since -> Nullable<Timestamptz>,
        sealed -> Nullable<Bytea>,
        answer_by -> Nullable<Date>,
        sent_at -> Nullable<Timestamptz>,
        answered_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        ground -> Nullable<Text>,
        statute -> Nullable<Text>,
        backups_until -> Nullable<Date>,
        reminders -> SmallInt,
        reminded_at -> Nullable<Timestamptz>,
        uses_other_address -> Bool,
    }
}

diesel::table! {
    package_chunks (package_id, ordinal, seq) {
        package_id -> Uuid,
        ordinal -> Integer,
        seq -> Integer,
        first_row -> Nullable<BigInt>,
        sealed -> Bytea,
    }
}

diesel::table! {
    package_files (package_id, ordinal) {
        package_id -> Uuid,
        ordinal -> Integer,
        system -> Text,
        tbl -> Text,
        kind -> Text,
        head -> Jsonb,
        rows -> BigInt,
        bytes -> BigInt,
        chunks -> Integer,
        complete -> Bool,
        reviewed_by -> Nullable<Uuid>,
        reviewed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    packages (id) {
        id -> Uuid,
        case_id -> Uuid,
        grant_hash -> Text,
        state -> Text,
        made_at -> Timestamptz,
        released_at -> Nullable<Timestamptz>,
        until -> Nullable<Timestamptz>,
        first_downloaded_at -> Nullable<Timestamptz>,
        downloads -> Integer,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    paper_letters (id) {
        id -> Uuid,
        case_id -> Uuid,
        template -> Text,
        language -> Text,
        written_at -> Timestamptz,
        sealed -> Nullable<Bytea>,
        sent_at -> Nullable<Timestamptz>,
        sent_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    pauses (case_id, asked_on) {
        case_id -> Uuid,
        asked_on -> Date,
        answered_on -> Nullable<Date>,
    }
}

diesel::table! {
    plans (id) {
        id -> Uuid,
        case_id -> Uuid,
        made_at -> Timestamptz,
        hash -> Text,
        summary -> Jsonb,
        sealed -> Nullable<Bytea>,
        ground -> Nullable<Text>,
        refuses -> Bool,
    }
}

diesel::table! {
    proofs (id) {
        id -> Uuid,
        case_id -> Uuid,
        method -> Text,
        at -> Timestamptz,
        accepted_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    proposals (id) {
        id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        prepared_by -> Nullable<Uuid>,
        prepared_at -> Timestamptz,
        hash -> Nullable<Text>,
        confirmation -> Nullable<Text>,
        ground -> Nullable<Text>,
        sealed -> Nullable<Bytea>,
        state -> Text,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        plan_id -> Nullable<Uuid>,
        partial -> Nullable<Bool>,
        standing_approval -> Nullable<Uuid>,
    }
}

diesel::table! {
    purge_lines (purge_id, retained_id) {
        purge_id -> Uuid,
        retained_id -> Uuid,
        state -> Text,
        found -> Nullable<BigInt>,
        purged -> Nullable<BigInt>,
        failure -> Nullable<Text>,
        reason_sealed -> Nullable<Bytea>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    purges (id) {
        id -> Uuid,
        state -> Text,
        version -> BigInt,
        proposed_at -> Timestamptz,
        proposed_on -> Date,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        reason_sealed -> Nullable<Bytea>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    questions (id) {
        id -> Uuid,
        case_id -> Uuid,
        reason -> Text,
        asked_at -> Timestamptz,
        pauses -> Bool,
        sealed -> Bytea,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    replays (id) {
        id -> Uuid,
        system -> Text,
        gone_since -> Nullable<Timestamptz>,
        finished_at -> Timestamptz,
        people -> BigInt,
        erased -> BigInt,
        reduced -> BigInt,
        purged -> BigInt,
        unclear -> BigInt,
        held -> BigInt,
        failed -> BigInt,
    }
}

diesel::table! {
    restrictions (id) {
        id -> Uuid,
        case_id -> Uuid,
        ground -> Text,
        scope -> Array<Text>,
        allowed -> Array<Text>,
        services -> Text,
        placed_at -> Timestamptz,
        expected_end -> Nullable<Date>,
        lead_seconds -> BigInt,
        state -> Text,
        lift_reason -> Nullable<Text>,
        lift_mail -> Nullable<Uuid>,
        lift_notice_sent_at -> Nullable<Timestamptz>,
        lifted_at -> Nullable<Timestamptz>,
        consent_since -> Nullable<Timestamptz>,
        reminded_at -> Nullable<Timestamptz>,
        consented -> Array<Text>,
    }
}

diesel::table! {
    retained_rows (case_id, system, tbl, ground, keep_until) {
        case_id -> Uuid,
        system -> Text,
        tbl -> Text,
        ground -> Text,
        keep_until -> Date,
        rows -> BigInt,
        sealed -> Bytea,
        purged_at -> Nullable<Timestamptz>,
        key_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        not_before -> Nullable<Date>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        staff_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    staff (id) {
        id -> Uuid,
        email -> Text,
        role -> Text,
        password_hash -> Nullable<Text>,
        totp_sealed -> Nullable<Bytea>,
        totp_last_step -> BigInt,
        active -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    standing_approvals (id) {
        id -> Uuid,
        scope -> Text,
        approver -> Uuid,
        valid_from -> Timestamptz,
        valid_until -> Timestamptz,
        sample_every -> Integer,
        most -> Integer,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    standing_uses (case_id) {
        case_id -> Uuid,
        standing_approval -> Nullable<Uuid>,
        at -> Timestamptz,
        outcome -> Text,
        why -> Text,
    }
}

diesel::table! {
    subjects (case_id) {
        case_id -> Uuid,
        searched_at -> Timestamptz,
        found -> Bool,
        ambiguous -> Bool,
        live_services -> Bool,
        sealed -> Bytea,
    }
}

diesel::table! {
    suppressions (kind, digest, purpose) {
        kind -> Text,
        digest -> Bytea,
        purpose -> Text,
        since -> Timestamptz,
        case_id -> Uuid,
        reference -> Text,
    }
}

diesel::table! {
    system_marks (system) {
        system -> Text,
        marked_at -> Timestamptz,
        back_to -> Nullable<Timestamptz>,
        found_back_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    throttles (bucket, subject) {
        bucket -> Text,
        subject -> Bytea,
        window_start -> Timestamptz,
        used -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accountability_digests,
    api_keys,
    audit_checkpoints,
    audit_disposals,
    audit_events,
    audit_heads,
    audit_seals,
    case_access,
    case_clocks,
    case_digests,
    case_links,
    case_messages,
    case_transitions,
    cases,
    challenges,
    change_letters,
    changes,
    erasure_ledger,
    erasure_steps,
    grant_steps,
    forwardings,
    handoffs,
    incidents,
    jobs,
    legal_holds,
    mails,
    manual_tasks,
    notice_answers,
    notices,
    paper_letters,
    package_chunks,
    package_files,
    packages,
    pauses,
    plans,
    proofs,
    proposals,
    purge_lines,
    purges,
    questions,
    replays,
    restrictions,
    retained_rows,
    sessions,
    staff,
    standing_approvals,
    standing_uses,
    subjects,
    suppressions,
    system_marks,
    throttles,
);
