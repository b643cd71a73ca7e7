package io.tideline.store.conversation;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec.UniqueName;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Creates conversations. First the name, when the conversation is unique: whoever takes it decides the id. Then one append
 * that demands that there is no such conversation yet: so whoever finds a name whose conversation was never created, its
 * claimant having died, creates it.
 */
final class ConversationCreation {
    private final StorePorts ports;
    private final Function<AppId, ConversationRules> rules;
    private final ConversationDirectory directory;
    private final UniqueNames names;

    ConversationCreation(StorePorts ports, Function<AppId, ConversationRules> rules, ConversationDirectory directory) {
        this.ports = ports;
        this.rules = rules;
        this.directory = directory;
        this.names = new UniqueNames(ports.records());
    }

    CompletableFuture<Outcome<Creation>> create(NewConversation wanted, Deadline deadline) {
        Set<UserId> members = new LinkedHashSet<>();
        members.add(wanted.creator());
        members.addAll(wanted.members());
        if (wanted.kind() == ConversationKind.DIRECT && members.size() != 2) {
            return refused(Refusal.WRONG_MEMBERS, members.size());
        }
        int most = Math.min(
                ConversationService.MAX_MEMBERS_PER_REQUEST,
                rules.apply(wanted.app()).maxMembers());
        if (members.size() > most) {
            return refused(Refusal.TOO_MANY_MEMBERS, members.size());
        }
        return Calls.guarded(() -> uniqueName(wanted, members)
                .map(name -> createUnique(wanted, members, name, deadline))
                .orElseGet(() -> createAs(freshId(), wanted, members, deadline)));
    }

    private static CompletableFuture<Outcome<Creation>> refused(Refusal reason, int members) {
        return CompletableFuture.completedFuture(Outcome.refused(reason, "members", members));
    }

    private ConversationId freshId() {
        return UniqueNames.conversationId(ports.ids().next().value());
    }

    private static Optional<String> uniqueName(NewConversation wanted, Set<UserId> members) {
        List<String> parts = new ArrayList<>();
        if (wanted.kind() == ConversationKind.DIRECT || wanted.kind() == ConversationKind.CONTEXTUAL) {
            parts.add(wanted.kind() == ConversationKind.DIRECT ? "direct" : "contextual");
            wanted.context().ifPresent(parts::add);
            members.stream().map(UserId::value).sorted().forEach(parts::add);
        } else if (wanted.requestId().isPresent()) {
            parts.addAll(List.of(
                    "request",
                    wanted.creator().value(),
                    wanted.requestId().get().value()));
        } else {
            return Optional.empty();
        }
        return Optional.of(UniqueNames.digest(parts));
    }

    /** What a request id was used for. Conversations that are unique by themselves are found whatever else is asked for. */
    private static String fingerprint(NewConversation wanted, Set<UserId> members) {
        if (wanted.kind() == ConversationKind.DIRECT || wanted.kind() == ConversationKind.CONTEXTUAL) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        parts.add(wanted.kind().name());
        parts.add(wanted.settings().policy().name());
        parts.add(Boolean.toString(wanted.settings().historyVisible()));
        wanted.settings().attributes().forEach((name, value) -> {
            parts.add(name);
            parts.add(value);
        });
        parts.add("members");
        members.stream().map(UserId::value).sorted().forEach(parts::add);
        return UniqueNames.digest(parts);
    }

    private CompletableFuture<Outcome<Creation>> createUnique(
            NewConversation wanted, Set<UserId> members, String name, Deadline deadline) {
        String fingerprint = fingerprint(wanted, members);
        return names.claim(wanted.app(), name, () -> new UniqueName(freshId(), fingerprint), deadline)
                .thenCompose(owner -> {
                    if (!owner.fingerprint().equals(fingerprint)) {
                        return CompletableFuture.completedFuture(
                                Outcome.refused(Refusal.REQUEST_ID_CONFLICT, "conversation", owner.conversation()));
                    }
                    return directory
                            .conversations()
                            .conversation(owner.conversation().timeline(wanted.app()), deadline)
                            .thenCompose(found -> found.isPresent()
                                    ? CompletableFuture.completedFuture(Outcome.done(new Creation(found.get(), true)))
                                    : createAs(owner.conversation(), wanted, members, deadline));
                });
    }

    private CompletableFuture<Outcome<Creation>> createAs(
            ConversationId id, NewConversation wanted, Set<UserId> members, Deadline deadline) {
        TimelineId timeline = id.timeline(wanted.app());
        Diffusion diffusion = wanted.settings()
                .policy()
                .pick(Diffusion.WRITE, members.size(), rules.apply(wanted.app()).autoThreshold());
        CreationAppend append = new CreationAppend(
                timeline, wanted, members, diffusion, ports.clock().instant().truncatedTo(ChronoUnit.MILLIS));
        return ports.timelines().append(append.toAppend(ports.ids()), deadline).thenCompose(outcome -> {
            boolean created = outcome instanceof AppendOutcome.Appended appended
                    && !appended.receipts().get(0).repeated();
            if (created) {
                ports.fanout().due(timeline);
            }
            return directory
                    .conversations()
                    .conversation(timeline, deadline)
                    .thenApply(
                            found -> Outcome.done(new Creation(found.orElseThrow(() -> missing(timeline)), !created)));
        });
    }

    private static CorruptDataException missing(TimelineId timeline) {
        return new CorruptDataException(
                "a timeline begins as a conversation without a record", Map.of("timeline", timeline.toString()), null);
    }
}
