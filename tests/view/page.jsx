// The dashboard as Splunk's own packages show it, with given answers in place of its searches.
//
// window.INPUT holds the definition, the theme and the answers by data source. What comes out is
// what is on the page and window.SEEN: what validation says, each data source's options with its
// tokens in place, and the searches and pages that clicks would open.
import React from 'react';
import { createRoot } from 'react-dom/client';
import DashboardCore from '@splunk/dashboard-core';
import { DashboardContextProvider } from '@splunk/dashboard-context';
import { createSchemaBasedOnPresets } from '@splunk/dashboard-definition';
import CloudViewOnlyPreset from '@splunk/dashboard-presets/CloudViewOnlyPreset';
import EnterprisePreset from '@splunk/dashboard-presets/EnterprisePreset';
import EnterpriseViewOnlyPreset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';
import { migrateToTabsLayout } from '@splunk/dashboard-utils';
import { DashboardValidator } from '@splunk/dashboard-validation';
import { SplunkSearch } from '@splunk/datasources';
import TestDataSource from '@splunk/datasources/TestDataSource';
import SplunkThemeProvider from '@splunk/themes/SplunkThemeProvider';

const { definition, theme, answers } = window.INPUT;
window.SEEN = { invalid: null, sources: {}, clicks: [] };

// The file has the layout that every Splunk with Dashboard Studio reads. A new one turns it into
// that of tabs when it loads it, and the schema of these packages knows no other.
function validate() {
    const validator = new DashboardValidator();
    const wrongSchema = validator.setSchema(createSchemaBasedOnPresets(EnterprisePreset));
    if (wrongSchema) throw wrongSchema;
    return validator.validate(migrateToTabsLayout({ definition }).definition);
}

class Answered extends TestDataSource {
    static schema = SplunkSearch.schema;

    static config = SplunkSearch.config;

    constructor(options, context, ...rest) {
        super({ data: answers[context.id] }, context, ...rest);
        window.SEEN.sources[context.id] = options;
    }
}

// Splunk Enterprise brings linkToSearch itself; it is in none of the packages. A click on a custom
// URL would leave the page.
class RecordedClick {
    constructor(options) {
        this.options = options;
    }

    canHandle = (event) => event.type.endsWith('.click');

    handle = async () => {
        window.SEEN.clicks.push(this.options);
        return [];
    };
}

const preset = {
    ...EnterpriseViewOnlyPreset,
    dataSources: { 'ds.search': Answered, 'ds.chain': Answered },
    eventHandlers: {
        'drilldown.linkToSearch': RecordedClick,
        'drilldown.customUrl': RecordedClick,
    },
    inputs: CloudViewOnlyPreset.inputs, // the time range of Enterprise asks splunkweb for its names
};

window.SEEN.invalid = validate();
createRoot(document.getElementById('root')).render(
    <SplunkThemeProvider family="enterprise" colorScheme={theme} density="compact">
        <DashboardContextProvider preset={preset} initialDefinition={definition}>
            <DashboardCore width="100%" height="auto" />
        </DashboardContextProvider>
    </SplunkThemeProvider>
);
