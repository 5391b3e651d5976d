"""Every sentence that is said to a person, in Chinese and English; knows no meaning."""
