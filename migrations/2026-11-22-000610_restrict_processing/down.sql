DROP TRIGGER guard_restricted_case ON cases;
DROP FUNCTION guard_restricted_case();
DROP TABLE restrictions;
DROP FUNCTION guard_restriction();
