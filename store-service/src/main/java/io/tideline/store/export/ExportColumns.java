package io.tideline.store.export;

import static io.tideline.core.export.ExportColumn.Type.FLAG;
import static io.tideline.core.export.ExportColumn.Type.NUMBER;
import static io.tideline.core.export.ExportColumn.Type.NUMBERS;
import static io.tideline.core.export.ExportColumn.Type.TEXT;
import static io.tideline.core.export.ExportColumn.Type.TEXTS;
import static io.tideline.core.export.ExportColumn.Type.TIME;

import io.tideline.core.export.ExportColumn;
import java.util.List;
import java.util.stream.Stream;

/** The fields that lines of each part may have: the same in every export, whether a line has them or not. */
final class ExportColumns {
    private static final List<ExportColumn> GAP =
            List.of(column("gapFromSeq", NUMBER), column("gapToSeq", NUMBER), column("type", TEXT));
    private static final List<ExportColumn> PAYLOAD = List.of(column("text", TEXT), column("payloadBase64", TEXT));
    private static final List<ExportColumn> ENTRY = List.of(
            column("conversationId", TEXT),
            column("seq", NUMBER),
            column("messageId", NUMBER),
            column("serverTime", TIME),
            column("sender", TEXT),
            column("clientMessageId", TEXT),
            column("kind", TEXT));
    private static final List<ExportColumn> MEMBER = List.of(
            column("user", TEXT),
            column("role", TEXT),
            column("joinedSeq", NUMBER),
            column("visibleFromSeq", NUMBER),
            column("leftSeq", NUMBER));

    private ExportColumns() {}

    static List<ExportColumn> of(ExportTarget.Part part) {
        return switch (part) {
            case CONVERSATION ->
                List.of(
                        column("conversationId", TEXT),
                        column("kind", TEXT),
                        column("createdBy", TEXT),
                        column("createdAt", TIME),
                        column("memberCount", NUMBER),
                        column("dissolved", FLAG),
                        column("attributes", TEXTS));
            case MEMBERS -> MEMBER;
            case CONVERSATIONS ->
                join(Stream.of(
                        MEMBER,
                        List.of(
                                column("conversationId", TEXT),
                                column("kind", TEXT),
                                column("muted", FLAG),
                                column("markedUnread", FLAG))));
            case MESSAGES ->
                join(Stream.of(
                        ENTRY,
                        PAYLOAD,
                        List.of(
                                column("event", TEXT),
                                column("state", TEXT),
                                column("changedSeq", NUMBER),
                                column("reactions", NUMBERS),
                                column("edits", NUMBER),
                                column("reactsTo", NUMBER),
                                column("reaction", TEXT),
                                column("added", FLAG)),
                        GAP));
            case PERSONAL ->
                join(Stream.of(ENTRY, PAYLOAD, List.of(column("follows", NUMBER), column("hides", NUMBER))));
            case INBOX ->
                join(Stream.of(
                        List.of(
                                column("inboxSeq", NUMBER),
                                column("serverTime", TIME),
                                column("sender", TEXT),
                                column("kind", TEXT),
                                column("conversationId", TEXT),
                                column("seq", NUMBER),
                                column("personalSeq", NUMBER)),
                        PAYLOAD,
                        GAP));
            case DEVICES ->
                List.of(
                        column("device", TEXT),
                        column("registered", TIME),
                        column("lastSeen", TIME),
                        column("forgotten", FLAG));
        };
    }

    private static ExportColumn column(String name, ExportColumn.Type type) {
        return new ExportColumn(name, type);
    }

    private static List<ExportColumn> join(Stream<List<ExportColumn>> lists) {
        return lists.flatMap(List::stream).toList();
    }
}
