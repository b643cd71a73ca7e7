package io.tideline.store.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.message.Reaction;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.message.TargetReader.Target;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One reaction on its way. The limits are looked at before and not in the step that writes: users who react at the same
 * moment may exceed them by as many.
 */
final class ReactionStep {
    private static final int ID_DIGITS = 32;

    private final RecordStore records;
    private final MessageDecoder decoder = new MessageCodec();
    private final String reaction;
    private final boolean add;

    ReactionStep(RecordStore records, String reaction, boolean add) {
        this.records = records;
        this.reaction = reaction;
        this.add = add;
    }

    /** What is on the message already. */
    private static final class Standing {
        private int active;
        private int activeOfUser;
        private Optional<Reaction> same = Optional.empty();
    }

    ConversationEvent event(Target target) {
        return new ConversationEvent.Reacted(target.at().seq(), reaction, add);
    }

    Attachment attachment(Target target) {
        return new Attachment(
                0,
                RecordKind.REACTION,
                Reaction.key(target.at().seq(), target.actor().user(), reaction),
                MessageCodec.encodeReaction(add));
    }

    /**
     * What is to be done.
     *
     * @param so the seq by which it is so already; empty when there is something to write
     * @param id of what is written: the same for all who find the same and want the same, so that a request that is made
     *     twice, at once or because its answer was lost, is one entry
     */
    record Checked(Optional<SequenceId> so, ClientMessageId id) {}

    /** Refusal: TOO_MANY_REACTIONS. */
    CompletableFuture<Outcome<Checked>> check(Target target, MessageRules allowed, Deadline deadline) {
        RecordScan scan = RecordScan.all(target.at().timeline(), RecordScan.MAX_ROWS, RecordKind.REACTION)
                .withPrefix(KeyPart.of(target.at().seq().value()));
        return count(scan, target.actor().user(), new Standing(), deadline).thenApply(standing -> {
            boolean isActive = standing.same.map(Reaction::active).orElse(false);
            if (isActive == add) {
                // A reaction that never was is taken away by nothing but the message itself being without it.
                return Outcome.done(new Checked(
                        Optional.of(standing.same
                                .map(Reaction::at)
                                .orElse(target.at().seq())),
                        id(target, standing)));
            }
            boolean tooMany = add
                    && (standing.active >= allowed.maxReactions()
                            || standing.activeOfUser >= allowed.maxReactionsPerUser());
            return tooMany
                    ? Outcome.refused(Refusal.TOO_MANY_REACTIONS)
                    : Outcome.done(new Checked(Optional.empty(), id(target, standing)));
        });
    }

    private ClientMessageId id(Target target, Standing standing) {
        long since = standing.same.map(found -> found.at().value()).orElse(0L);
        String what = target.at().seq() + "/" + since + "/" + add + "/" + reaction;
        String digest = Hashing.sha256().hashString(what, UTF_8).toString();
        return new ClientMessageId(ConversationEvent.KIND_PREFIX + "react." + digest.substring(0, ID_DIGITS));
    }

    private CompletableFuture<Standing> count(RecordScan scan, UserId user, Standing standing, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            for (TimelineRecord record : page.records()) {
                count(decoder.reaction(record), user, standing);
            }
            if (page.complete() || page.records().isEmpty()) {
                return CompletableFuture.completedFuture(standing);
            }
            TimelineRecord last = page.records().get(page.records().size() - 1);
            return count(scan.withAfter(last.key()), user, standing, deadline);
        });
    }

    private void count(Reaction found, UserId user, Standing standing) {
        boolean own = found.user().equals(user);
        if (found.active()) {
            standing.active++;
            standing.activeOfUser += own ? 1 : 0;
        }
        if (own && found.reaction().equals(reaction)) {
            standing.same = Optional.of(found);
        }
    }
}
