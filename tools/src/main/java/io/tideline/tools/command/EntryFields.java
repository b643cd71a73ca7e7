package io.tideline.tools.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.Head;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The wire's messages as records to print. The names of the fields are those of the protocol's JSON form. */
public final class EntryFields {
    public static final List<Column> ENTRY_COLUMNS = List.of(
            Column.number("seq"),
            Column.text("serverTime"),
            Column.text("sender"),
            Column.text("kind"),
            Column.text("text"));

    static final List<Column> RECEIPT_COLUMNS = List.of(
            Column.number("seq"), Column.text("serverTime"), Column.text("repeated"), Column.text("clientMessageId"));

    static final List<Column> HEAD_COLUMNS = List.of(
            Column.text("timeline"),
            Column.number("lastSeq"),
            Column.text("lastTime"),
            Column.number("warmThroughSeq"),
            Column.number("coldThroughSeq"));

    static final List<Column> DESCRIPTION_COLUMNS = List.of(
            Column.text("timeline"),
            Column.number("lastSeq"),
            Column.text("lastTime"),
            Column.number("attributesVersion"),
            Column.text("attributes"));

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private EntryFields() {}

    /** Payloads that are UTF-8 stand in {@code text}, others in {@code payloadBase64}; no byte is lost either way. */
    public static Fields ofEntry(Entry entry) {
        Fields fields = new Fields()
                .put("seq", entry.getSeq())
                .put("serverTime", instant(entry.getServerTime()))
                .put("sender", entry.getSender())
                .put("clientMessageId", entry.getClientMessageId())
                .put("kind", entry.getKind());
        ByteString payload = entry.getPayload();
        return payload.isValidUtf8()
                ? fields.put("text", payload.toStringUtf8())
                : fields.put("payloadBase64", Base64.getEncoder().encodeToString(payload.toByteArray()));
    }

    /** For a table: the payload in {@code text}, as base64 behind a mark when it is not UTF-8. */
    public static Fields ofEntryForPeople(Entry entry) {
        Fields fields = ofEntry(entry);
        return entry.getPayload().isValidUtf8()
                ? fields
                : fields.put("text", "base64:" + fields.asMap().get("payloadBase64"));
    }

    static Fields ofGap(Gap gap) {
        return new Fields()
                .put("gapFromSeq", gap.getFromSeq())
                .put("gapToSeq", gap.getToSeq())
                .put("type", gap.getType().name());
    }

    static Fields ofReceipt(Receipt receipt) {
        return new Fields()
                .put("seq", receipt.getSeq())
                .put("serverTime", instant(receipt.getServerTime()))
                .put("clientMessageId", receipt.getClientMessageId())
                .put("repeated", receipt.getRepeated());
    }

    static Fields ofHead(Head head) {
        return new Fields()
                .put("timeline", TimelineNames.format(head.getTimeline()))
                .put("lastSeq", head.getLastSeq())
                .put("lastTime", head.hasLastTime() ? instant(head.getLastTime()) : null)
                .put("warmThroughSeq", head.getWarmThroughSeq())
                .put("coldThroughSeq", head.getColdThroughSeq());
    }

    static Fields ofDescription(TimelineDescription description) {
        return ofHead(description.getHead())
                .put("attributesVersion", description.getAttributesVersion())
                .put("attributes", new TreeMap<>(description.getAttributesMap()));
    }

    /** ISO-8601 in UTC, always with three digits of milliseconds, so that columns and text order line up. */
    public static @Nullable String instant(Timestamp time) {
        return time.equals(Timestamp.getDefaultInstance())
                ? null
                : MILLIS.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
    }
}
