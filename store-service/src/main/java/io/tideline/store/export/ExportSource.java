package io.tideline.store.export;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.ConversationRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads what an export writes, a page at a time: at most 1000 entries or 2 MiB of payloads. */
final class ExportSource {
    private static final int ROWS = 200;

    private final StorePorts ports;
    private final ConversationReader reader;

    ExportSource(StorePorts ports) {
        this.ports = ports;
        this.reader = new ConversationReader(ports.timelines(), ports.records(), new MessageCodec());
    }

    CompletableFuture<ExportPage> read(
            ExportTarget target, ExportTarget.Part part, ExportCursor cursor, Deadline deadline) {
        if (target instanceof ExportTarget.OneConversation conversation) {
            TimelineId timeline = conversation.conversation().timeline(conversation.app());
            return switch (part) {
                case CONVERSATION -> description(timeline, deadline);
                case MEMBERS -> members(timeline, cursor, deadline);
                default -> all(timeline, cursor, deadline);
            };
        }
        ExportTarget.OneUser user = (ExportTarget.OneUser) target;
        TimelineId inbox = user.user().inbox(user.app());
        return switch (part) {
            case CONVERSATIONS -> conversations(inbox, cursor, deadline);
            case MESSAGES -> eachConversation(user, cursor, deadline, ExportSource::conversationOf, this::own);
            case PERSONAL -> eachConversation(user, cursor, deadline, ExportSource::personalOf, this::personal);
            case INBOX -> inbox(inbox, cursor, deadline);
            default -> devices(inbox, cursor, deadline);
        };
    }

    private CompletableFuture<ExportPage> description(TimelineId timeline, Deadline deadline) {
        return new ConversationRecords(ports.records())
                .conversation(timeline, deadline)
                .thenApply(found -> ExportPage.of(
                        found.map(ExportLines::conversation).stream().toList(), Optional.empty()));
    }

    private CompletableFuture<ExportPage> members(TimelineId timeline, ExportCursor cursor, Deadline deadline) {
        return rows(timeline, cursor, deadline, RecordKind.MEMBER)
                .thenApply(page -> page(page, record -> ExportLines.member(ConversationCodec.decodeMember(record))
                        .end()));
    }

    private CompletableFuture<RecordPage> rows(
            TimelineId owner, ExportCursor cursor, Deadline deadline, RecordKind... kinds) {
        RecordScan all = RecordScan.all(owner, ROWS, kinds);
        RecordScan scan =
                cursor.name().isEmpty() ? all : all.withAfter(RecordKey.of(owner, kinds[0], KeyPart.of(cursor.name())));
        return ports.records().scan(scan, deadline);
    }

    private static ExportPage page(RecordPage page, Function<TimelineRecord, String> line) {
        List<TimelineRecord> found = page.records();
        Optional<ExportCursor> next = page.complete() || found.isEmpty()
                ? Optional.empty()
                : Optional.of(new ExportCursor(found.get(found.size() - 1).key().text(0), 0));
        return ExportPage.of(found.stream().map(line).toList(), next);
    }

    private CompletableFuture<ExportPage> all(TimelineId timeline, ExportCursor cursor, Deadline deadline) {
        long from = Math.max(1, cursor.seq());
        return reader.readAll(ReadQuery.forward(timeline, from, ReadQuery.MAX_ENTRIES), deadline)
                .thenApply(page -> {
                    List<String> lines = new ArrayList<>();
                    page.gaps().forEach(gap -> lines.add(ExportLines.gap(timeline.name(), gap)));
                    page.messages().forEach(view -> lines.add(ExportLines.view(timeline.name(), view)));
                    return timelinePage("", lines, page.stop(), from, page.next());
                });
    }

    private static ExportPage timelinePage(
            String name, List<String> lines, StopReason stop, long from, SequenceId next) {
        long through = next.value() - 1;
        boolean more = stop == StopReason.PAGE_FULL && through >= from;
        return new ExportPage(
                lines,
                more ? Optional.of(new ExportCursor(name, next.value())) : Optional.empty(),
                through >= from ? from : 0,
                through >= from ? through : 0);
    }

    private CompletableFuture<ExportPage> conversations(TimelineId inbox, ExportCursor cursor, Deadline deadline) {
        return rows(inbox, cursor, deadline, RecordKind.USER_CONVERSATION, RecordKind.USER_SETTINGS)
                .thenApply(page -> page(page, ExportSource::conversationLine));
    }

    private static String conversationLine(TimelineRecord record) {
        String conversation = record.key().text(0);
        if (record.key().kind() == RecordKind.USER_SETTINGS) {
            SyncCodec.UserSettings settings = SyncCodec.decodeSettings(record);
            return new JsonLine()
                    .put("conversationId", conversation)
                    .put("muted", settings.muted())
                    .put("markedUnread", settings.markedUnread())
                    .end();
        }
        UserConversation known = ConversationCodec.decodeUserConversation(record);
        return ExportLines.member(known.membership())
                .put("conversationId", conversation)
                .put("kind", known.kind().name())
                .end();
    }

    /** Reads a page of one conversation's timeline. */
    private interface OneTimeline {
        Optional<String> line(UserId user, String conversation, Entry entry);
    }

    private static TimelineId conversationOf(ExportTarget.OneUser user, String name) {
        return new ConversationId(name).timeline(user.app());
    }

    private static TimelineId personalOf(ExportTarget.OneUser user, String name) {
        return new ConversationId(name).personalTimeline(user.app(), user.user());
    }

    /** What he said: messages, their edits, reactions. */
    private Optional<String> own(UserId user, String conversation, Entry entry) {
        boolean his = entry.sender().value().equals(user.value());
        boolean said = !entry.kind().value().startsWith(ConversationEvent.KIND_PREFIX)
                || entry.kind().value().equals("tideline.edited")
                || entry.kind().value().equals("tideline.reacted");
        return his && said ? Optional.of(ExportLines.entry(conversation, entry)) : Optional.empty();
    }

    private Optional<String> personal(UserId user, String conversation, Entry entry) {
        return Optional.of(ExportLines.personal(conversation, entry));
    }

    private CompletableFuture<ExportPage> eachConversation(
            ExportTarget.OneUser user,
            ExportCursor cursor,
            Deadline deadline,
            BiFunction<ExportTarget.OneUser, String, TimelineId> timeline,
            OneTimeline lines) {
        if (cursor.seq() > 0) {
            return ports.timelines()
                    .read(
                            ReadQuery.forward(timeline.apply(user, cursor.name()), cursor.seq(), ReadQuery.MAX_ENTRIES),
                            deadline)
                    .thenApply(page -> ofTimeline(user, cursor, page, lines));
        }
        RecordScan all = RecordScan.all(user.user().inbox(user.app()), 1, RecordKind.USER_CONVERSATION);
        RecordScan scan = cursor.name().isEmpty()
                ? all
                : all.withAfter(RecordKey.of(
                        user.user().inbox(user.app()), RecordKind.USER_CONVERSATION, KeyPart.of(cursor.name())));
        return ports.records()
                .scan(scan, deadline)
                .thenApply(page -> ExportPage.of(
                        List.of(),
                        page.records().stream()
                                .findFirst()
                                .map(record -> new ExportCursor(record.key().text(0), 1))));
    }

    private static ExportPage ofTimeline(
            ExportTarget.OneUser user, ExportCursor cursor, TimelinePage page, OneTimeline lines) {
        List<String> found = page.entries().stream()
                .flatMap(entry -> lines.line(user.user(), cursor.name(), entry).stream())
                .toList();
        boolean more = page.stop() == StopReason.PAGE_FULL && page.next().value() > cursor.seq();
        return ExportPage.of(
                found,
                Optional.of(new ExportCursor(cursor.name(), more ? page.next().value() : 0)));
    }

    private CompletableFuture<ExportPage> inbox(TimelineId inbox, ExportCursor cursor, Deadline deadline) {
        long from = Math.max(1, cursor.seq());
        return ports.timelines()
                .read(ReadQuery.forward(inbox, from, ReadQuery.MAX_ENTRIES), deadline)
                .thenApply(page -> {
                    List<String> lines = new ArrayList<>();
                    for (Gap gap : page.gaps()) {
                        lines.add(ExportLines.gap("", gap));
                    }
                    page.entries().forEach(entry -> lines.add(ExportLines.inbox(entry)));
                    return timelinePage("", lines, page.stop(), from, page.next());
                });
    }

    private CompletableFuture<ExportPage> devices(TimelineId inbox, ExportCursor cursor, Deadline deadline) {
        return rows(inbox, cursor, deadline, RecordKind.DEVICE)
                .thenApply(page -> page(page, record -> {
                    SyncCodec.DeviceState device = SyncCodec.decodeDevice(record);
                    return new JsonLine()
                            .put("device", record.key().text(0))
                            .put("registered", device.registered())
                            .put("lastSeen", device.lastSeen())
                            .put("forgotten", device.forgotten())
                            .end();
                }));
    }
}
