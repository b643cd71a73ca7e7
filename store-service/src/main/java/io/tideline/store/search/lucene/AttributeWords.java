package io.tideline.store.search.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/**
 * The words of all attributes in one field, each behind its attribute's name: attributes are named freely, and an index
 * must not get a field for each name that somebody thought of.
 */
final class AttributeWords extends TokenStream {
    private record Word(String term, int step) {}

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final List<Word> words = new ArrayList<>();
    private Iterator<Word> next = words.iterator();

    AttributeWords(Analyzer analyzer, Map<String, String> attributes) {
        attributes.forEach((name, value) -> add(analyzer, name, value));
    }

    private void add(Analyzer analyzer, String name, String value) {
        try (TokenStream stream = analyzer.tokenStream(Fields.TEXT, value)) {
            CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
            PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
            stream.reset();
            int gap = words.isEmpty() ? 0 : WordAnalyzer.GAP;
            while (stream.incrementToken()) {
                words.add(new Word(name + Fields.SEPARATOR + word, increment.getPositionIncrement() + gap));
                gap = 0;
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        next = words.iterator();
    }

    @Override
    public boolean incrementToken() {
        if (!next.hasNext()) {
            return false;
        }
        clearAttributes();
        Word word = next.next();
        term.append(word.term());
        step.setPositionIncrement(word.step());
        return true;
    }
}
