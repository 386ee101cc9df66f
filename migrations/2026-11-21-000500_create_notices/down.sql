DROP TABLE notice_answers;
DROP TABLE notices;
