CREATE TRIGGER conversation_counted AFTER INSERT ON conversation
BEGIN
    UPDATE assignment SET assigned = assigned + CASE WHEN 1 = 1 THEN 1 ELSE 0 END, not_started = not_started + CASE WHEN NEW.status = 'not_started' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, sent = sent + CASE WHEN NEW.status = 'sent' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, needs_reply = needs_reply + CASE WHEN NEW.status = 'needs_reply' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, answered = answered + CASE WHEN NEW.status = 'answered' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, opted_out = opted_out + CASE WHEN NEW.opted_out = 1 THEN 1 ELSE 0 END, texted = texted + CASE WHEN NEW.texted = 1 THEN 1 ELSE 0 END, replied = replied + CASE WHEN NEW.replied = 1 AND NEW.texted = 1 THEN 1 ELSE 0 END, follow_ups = follow_ups + CASE WHEN NEW.in_follow_ups = 1 THEN 1 ELSE 0 END, sent_only = sent_only + CASE WHEN NEW.tab = 'sent' THEN 1 ELSE 0 END WHERE id = NEW.assignment_id;
END;

CREATE TRIGGER conversation_recounted  -- moves are counted by those who make them: many at once
AFTER UPDATE OF status, opted_out, texted, replied, follow_up_id ON conversation
BEGIN
    UPDATE assignment SET assigned = assigned - CASE WHEN 1 = 1 THEN 1 ELSE 0 END, not_started = not_started - CASE WHEN OLD.status = 'not_started' AND OLD.opted_out = 0 THEN 1 ELSE 0 END, sent = sent - CASE WHEN OLD.status = 'sent' AND OLD.opted_out = 0 THEN 1 ELSE 0 END, needs_reply = needs_reply - CASE WHEN OLD.status = 'needs_reply' AND OLD.opted_out = 0 THEN 1 ELSE 0 END, answered = answered - CASE WHEN OLD.status = 'answered' AND OLD.opted_out = 0 THEN 1 ELSE 0 END, opted_out = opted_out - CASE WHEN OLD.opted_out = 1 THEN 1 ELSE 0 END, texted = texted - CASE WHEN OLD.texted = 1 THEN 1 ELSE 0 END, replied = replied - CASE WHEN OLD.replied = 1 AND OLD.texted = 1 THEN 1 ELSE 0 END, follow_ups = follow_ups - CASE WHEN OLD.in_follow_ups = 1 THEN 1 ELSE 0 END, sent_only = sent_only - CASE WHEN OLD.tab = 'sent' THEN 1 ELSE 0 END WHERE id = OLD.assignment_id;
    UPDATE assignment SET assigned = assigned + CASE WHEN 1 = 1 THEN 1 ELSE 0 END, not_started = not_started + CASE WHEN NEW.status = 'not_started' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, sent = sent + CASE WHEN NEW.status = 'sent' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, needs_reply = needs_reply + CASE WHEN NEW.status = 'needs_reply' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, answered = answered + CASE WHEN NEW.status = 'answered' AND NEW.opted_out = 0 THEN 1 ELSE 0 END, opted_out = opted_out + CASE WHEN NEW.opted_out = 1 THEN 1 ELSE 0 END, texted = texted + CASE WHEN NEW.texted = 1 THEN 1 ELSE 0 END, replied = replied + CASE WHEN NEW.replied = 1 AND NEW.texted = 1 THEN 1 ELSE 0 END, follow_ups = follow_ups + CASE WHEN NEW.in_follow_ups = 1 THEN 1 ELSE 0 END, sent_only = sent_only + CASE WHEN NEW.tab = 'sent' THEN 1 ELSE 0 END WHERE id = NEW.assignment_id;
END;

CREATE TRIGGER reply_counted AFTER INSERT ON message WHEN NEW.direction = 'incoming'
BEGIN
    INSERT INTO reply_hour (campaign_id, hour, replies)
    SELECT campaign_id, NEW.at / 3600000, 1 FROM conversation WHERE id = NEW.conversation_id
    ON CONFLICT (campaign_id, hour) DO UPDATE SET replies = replies + 1;
END;
