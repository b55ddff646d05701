-- From this format on, an event keeps the facts of its change in `details`, and no sentence in `summary`. No table
-- changes; but an earlier thrumsg would show such events without words, so it has to refuse the file as newer.
SELECT 1;
