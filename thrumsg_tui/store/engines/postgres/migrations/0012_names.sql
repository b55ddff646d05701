-- Whether another user has the same name is asked for each name that is shown.
CREATE INDEX users_by_name ON users (first_name, last_name);
